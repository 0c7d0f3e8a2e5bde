import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * customercare as the backend of tests: {@code @RegisterExtension CustomerCare customercare = new
 * CustomerCare();} gives each test a sandbox of its own, on one server for all tests of a run.
 * $CUSTOMERCARE names the program; by default it is the one on the PATH. Needs no library but JUnit.
 */
public final class CustomerCare implements BeforeEachCallback, AfterEachCallback {
    private final HttpClient client = HttpClient.newHttpClient();
    private Server server;
    private String name;

    @Override
    public void beforeEach(ExtensionContext context) {
        // The root's store closes it after the last test.
        server = context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Server.class, type -> new Server(), Server.class);
        name = "junit-" + UUID.randomUUID();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        send("DELETE", server.admin + "/sandboxes/" + name, "");
    }

    /** The address for the program under test: a service that nobody else sees. */
    public String service() {
        return server.service.replace("/webservices/", "/sandbox/" + name + "/webservices/");
    }

    /** One request of the JSON interface (GET /openapi.json). */
    public String ask(String method, String path, String json) throws Exception {
        return send(method, server.admin + "/sandbox/" + name + path, json);
    }

    /** Fails unless there are so many call logs with that field within two seconds. */
    public void verifyCallLogs(int count, String field, String value) throws Exception {
        String reply = ask("POST", "/verify", String.format(
                "{\"call_logs\":{\"where\":{\"%s\":\"%s\"},\"count\":%d},\"wait_ms\":2000}",
                field, value, count));
        if (!reply.contains("\"satisfied\":true")) fail(field(reply, "text"));
    }

    private String send(String method, String url, String json) throws Exception {
        HttpResponse<String> reply = client.send(
                HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (reply.statusCode() >= 300) fail(method + " " + url + ": " + reply.body());
        return reply.body();
    }

    /** A text in a JSON object, escapes left as they are. */
    private static String field(String json, String name) {
        Matcher matcher = Pattern.compile('"' + name + "\":\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
        if (!matcher.find()) throw new IllegalStateException("no " + name + " in " + json);
        return matcher.group(1);
    }

    private static final class Server implements ExtensionContext.Store.CloseableResource {
        final Process process;
        final String service;
        final String admin;

        Server() {
            try {
                Path folder = Files.createTempDirectory("customercare");
                process = new ProcessBuilder(
                        System.getenv().getOrDefault("CUSTOMERCARE", "customercare"), "serve",
                        "--mode", "stand-in", "--listen", "127.0.0.1:0",
                        "--admin-listen", "127.0.0.1:0", "--exit-with-parent",
                        "--database", folder.resolve("calls.db").toString(),
                        "--set", "log.file=" + folder.resolve("log"))
                        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
                String ready = new BufferedReader(
                        new InputStreamReader(process.getInputStream())).readLine();
                if (ready == null) throw new IOException("customercare has ended");
                service = field(ready, "service");
                admin = field(ready, "admin");
            } catch (IOException error) {
                throw new IllegalStateException(error);
            }
        }

        @Override
        public void close() throws Exception {
            process.destroy();
            process.waitFor();
        }
    }
}
