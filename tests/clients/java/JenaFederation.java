import java.nio.file.Files;
import java.nio.file.Path;
import java.util.StringJoiner;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QuerySolution;
import org.apache.jena.query.ResultSet;
import org.apache.jena.rdf.model.Model;
import org.apache.jena.riot.RDFDataMgr;

/**
 * Asks Jena's engine (ARQ) queries that ask others.
 *
 * <p>Arguments: a file of triples to load, and a file with a SELECT in each line. For each the cells of the answer are printed
 * in one line, or what went wrong.
 */
public class JenaFederation {
    public static void main(String[] arguments) throws Exception {
        Model model = RDFDataMgr.loadModel(arguments[0]);
        for (String query : Files.readAllLines(Path.of(arguments[1]))) {
            try (QueryExecution execution = QueryExecution.model(model).query(query).build()) {
                StringJoiner cells = new StringJoiner(" ");
                ResultSet result = execution.execSelect();
                while (result.hasNext()) {
                    QuerySolution row = result.next();
                    result.getResultVars().forEach(name -> cells.add(
                            row.get(name).isLiteral() ? row.getLiteral(name).getLexicalForm() : row.get(name).toString()));
                }
                System.out.println(cells);
            } catch (RuntimeException error) {
                System.out.println("error: " + error.toString().replaceAll("\\s+", " "));
            }
        }
    }
}
