import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdfconnection.RDFConnection;
import org.apache.jena.rdfconnection.RDFConnectionRemote;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.sparql.exec.http.QuerySendMode;

/**
 * Asks an endpoint with Jena's RDFConnection.
 *
 * <p>Arguments: the endpoint, its graph store, and a file with what to ask, a line each: how it is sent, media type and
 * query, with tabs between. Where it is sent as "store" the query is the name of a graph. Each answer is the line and, behind
 * another tab, the cells of a table, a truth value, N-Triples, or what went wrong.
 */
public class JenaConnection {
    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[2]))) {
            String[] asked = line.split("\t");
            boolean whole = asked[0].equals("store");
            try (RDFConnection connection = RDFConnectionRemote.newBuilder()
                    .queryEndpoint(arguments[0])
                    .gspEndpoint(arguments[1])
                    .querySendMode(whole ? QuerySendMode.systemDefault : QuerySendMode.valueOf(asked[0]))
                    .acceptHeaderSelectQuery(asked[1])
                    .acceptHeaderAskQuery(asked[1])
                    .acceptHeaderGraph(asked[1])
                    .build()) {
                String answer = whole ? triples(connection.fetch(asked[2])) : answer(connection, asked[2]);
                System.out.println(line + "\t" + answer);
            } catch (RuntimeException error) {
                System.out.println(line + "\terror: " + error.toString().replaceAll("\\s+", " "));
            }
        }
    }

    private static String answer(RDFConnection connection, String text) {
        Query query = QueryFactory.create(text);
        if (query.isAskType()) {
            return "" + connection.queryAsk(query);
        }
        if (query.isConstructType()) {
            return triples(connection.queryConstruct(query));
        }
        if (query.isDescribeType()) {
            return triples(connection.queryDescribe(query));
        }
        StringJoiner cells = new StringJoiner(" ");
        connection.querySelect(query, row -> query.getResultVars().forEach(name -> cells.add(
                row.get(name).isLiteral() ? row.getLiteral(name).getLexicalForm() : row.getResource(name).getURI())));
        return cells.toString();
    }

    private static String triples(Model model) {
        StringWriter written = new StringWriter();
        RDFDataMgr.write(written, model, Lang.NTRIPLES);
        return written.toString().replace('\n', ' ');
    }
}
