import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.eclipse.rdf4j.http.client.SPARQLProtocolSession;
import org.eclipse.rdf4j.query.BindingSet;
import org.eclipse.rdf4j.query.BooleanQuery;
import org.eclipse.rdf4j.query.GraphQuery;
import org.eclipse.rdf4j.query.GraphQueryResult;
import org.eclipse.rdf4j.query.Query;
import org.eclipse.rdf4j.query.TupleQuery;
import org.eclipse.rdf4j.query.TupleQueryResult;
import org.eclipse.rdf4j.query.resultio.BooleanQueryResultFormat;
import org.eclipse.rdf4j.query.resultio.BooleanQueryResultParserRegistry;
import org.eclipse.rdf4j.query.resultio.TupleQueryResultFormat;
import org.eclipse.rdf4j.query.resultio.TupleQueryResultParserRegistry;
import org.eclipse.rdf4j.repository.RepositoryConnection;
import org.eclipse.rdf4j.repository.sparql.SPARQLRepository;
import org.eclipse.rdf4j.rio.RDFFormat;
import org.eclipse.rdf4j.rio.RDFParserRegistry;
import org.eclipse.rdf4j.rio.Rio;

/**
 * Asks an endpoint with RDF4J's SPARQLRepository.
 *
 * <p>Arguments: the endpoint, and a file with what to ask, a line each: the media type that is preferred, or "any", and the
 * query, with a tab between. Each answer is the line and, behind another tab, the cells of a table, a truth value, N-Triples,
 * or what went wrong.
 */
public class Rdf4j {
    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            String[] asked = line.split("\t");
            SPARQLRepository repository = preferring(arguments[0], asked[0]);
            try (RepositoryConnection connection = repository.getConnection()) {
                System.out.println(line + "\t" + answer(connection.prepareQuery(asked[1])));
            } catch (RuntimeException error) {
                System.out.println(line + "\terror: " + error.toString().replaceAll("\\s+", " "));
            } finally {
                repository.shutDown();
            }
        }
    }

    private static SPARQLRepository preferring(String endpoint, String mediaType) {
        return new SPARQLRepository(endpoint) {
            @Override
            protected SPARQLProtocolSession createSPARQLProtocolSession() {
                SPARQLProtocolSession session = super.createSPARQLProtocolSession();
                TupleQueryResultParserRegistry.getInstance().getFileFormatForMIMEType(mediaType)
                        .map(TupleQueryResultFormat.class::cast).ifPresent(session::setPreferredTupleQueryResultFormat);
                BooleanQueryResultParserRegistry.getInstance().getFileFormatForMIMEType(mediaType)
                        .map(BooleanQueryResultFormat.class::cast)
                        .ifPresent(session::setPreferredBooleanQueryResultFormat);
                RDFParserRegistry.getInstance().getFileFormatForMIMEType(mediaType)
                        .ifPresent(session::setPreferredRDFFormat);
                return session;
            }
        };
    }

    private static String answer(Query query) {
        if (query instanceof BooleanQuery ask) {
            return "" + ask.evaluate();
        }
        if (query instanceof GraphQuery graph) {
            StringWriter written = new StringWriter();
            try (GraphQueryResult result = graph.evaluate()) {
                Rio.write(result, written, RDFFormat.NTRIPLES);
            }
            return written.toString().replace('\n', ' ');
        }
        StringJoiner cells = new StringJoiner(" ");
        try (TupleQueryResult result = ((TupleQuery) query).evaluate()) {
            for (BindingSet row : result) {
                result.getBindingNames().forEach(name -> cells.add(row.getValue(name).stringValue()));
            }
        }
        return cells.toString();
    }
}
