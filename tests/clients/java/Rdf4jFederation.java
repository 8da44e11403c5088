import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.eclipse.rdf4j.query.BindingSet;
import org.eclipse.rdf4j.query.TupleQueryResult;
import org.eclipse.rdf4j.repository.RepositoryConnection;
import org.eclipse.rdf4j.repository.sail.SailRepository;
import org.eclipse.rdf4j.sail.memory.MemoryStore;

/**
 * Asks RDF4J's store in memory a query that asks others.
 *
 * <p>Arguments: a file of triples to load, and a file with a SELECT. The cells of the answer are printed in one line.
 */
public class Rdf4jFederation {
    public static void main(String[] arguments) throws Exception {
        SailRepository repository = new SailRepository(new MemoryStore());
        try (RepositoryConnection connection = repository.getConnection()) {
            connection.add(Path.of(arguments[0]).toFile());
            StringJoiner cells = new StringJoiner(" ");
            String query = Files.readString(Path.of(arguments[1]));
            try (TupleQueryResult result = connection.prepareTupleQuery(query).evaluate()) {
                for (BindingSet row : result) {
                    result.getBindingNames().forEach(name -> cells.add(row.getValue(name).stringValue()));
                }
            }
            System.out.println(cells);
        } finally {
            repository.shutDown();
        }
    }
}
