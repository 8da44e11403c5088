import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * Asks an endpoint with the HTTP client of Java's library, which offers HTTP/2 unless it is told not to.
 *
 * <p>Arguments: the endpoint, and a file with what to ask, a line each: way, media type and query, with tabs between. Each
 * answer is a line: way, media type, query, status, Content-Type and the body in Base64.
 */
public class Http {
    public static void main(String[] arguments) throws Exception {
        String endpoint = arguments[0];
        HttpClient modern = HttpClient.newHttpClient();
        HttpClient plain = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (String line : Files.readAllLines(Path.of(arguments[1]))) {
            String[] asked = line.split("\t");
            String form = "query=" + URLEncoder.encode(asked[2], StandardCharsets.UTF_8);
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint)).header("Accept", asked[1]);
            switch (asked[0]) {
                case "form" -> request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form));
                case "direct", "direct by HTTP/1.1" -> request.header("Content-Type", "application/sparql-query")
                        .POST(BodyPublishers.ofString(asked[2]));
                case "chunked" -> request.header("Content-Type", "application/sparql-query")
                        .POST(BodyPublishers.fromPublisher(BodyPublishers.ofString(asked[2])));
                default -> request.uri(URI.create(endpoint + "?" + form));
            }
            HttpClient client = asked[0].endsWith("HTTP/1.1") ? plain : modern;
            HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
            String type = response.headers().firstValue("Content-Type").orElse("");
            String body = Base64.getEncoder().encodeToString(response.body());
            System.out.println(String.join("\t", List.of(line, "" + response.statusCode(), type, body)));
        }
    }
}
