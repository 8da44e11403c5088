import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.eclipse.rdf4j.query.BindingSet;
import org.eclipse.rdf4j.query.TupleQueryResult;
import org.eclipse.rdf4j.repository.RepositoryConnection;
import org.eclipse.rdf4j.repository.sail.SailRepository;
import org.eclipse.rdf4j.sail.memory.MemoryStore;

/**
 * Asks RDF4J's store in memory queries that ask others.
 *
 * <p>Arguments: a file of triples to load, and a file with a SELECT in each line. For each the cells of the answer are printed
 * in one line, or what went wrong.
 */
public class Rdf4jFederation {
    public static void main(String[] arguments) throws Exception {
        SailRepository repository = new SailRepository(new MemoryStore());
        try (RepositoryConnection connection = repository.getConnection()) {
            connection.add(Path.of(arguments[0]).toFile());
            for (String query : Files.readAllLines(Path.of(arguments[1]))) {
                try (TupleQueryResult result = connection.prepareTupleQuery(query).evaluate()) {
                    StringJoiner cells = new StringJoiner(" ");
                    for (BindingSet row : result) {
                        result.getBindingNames().forEach(name -> cells.add(row.getValue(name).stringValue()));
                    }
                    System.out.println(cells);
                } catch (RuntimeException error) {
                    System.out.println("error: " + error.toString().replaceAll("\\s+", " "));
                }
            }
        } finally {
            repository.shutDown();
        }
    }
}
