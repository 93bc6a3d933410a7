package io.drover.simulator;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A simulator in this JVM, and plain HTTP to it. */
final class Wire implements AutoCloseable {
  static final String VMS = "/api/vmm/v4.0/ahv/config/vms";
  static final String POINTS = "/api/dataprotection/v4.0/config/recovery-points";
  static final String TASKS = "/api/prism/v4.0/config/tasks";
  static final String CATEGORIES = "/api/prism/v4.0/config/categories";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Simulator simulator;
  private final JsonNode ready;
  private final JsonNode credentials;
  private final String prism;

  private Wire(Simulator simulator, String prism) {
    this.simulator = simulator;
    this.ready = simulator.ready();
    this.prism = prism;
    try {
      credentials = JSON.readTree(Files.readAllBytes(Path.of(ready.path("credentials").asText())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Wire to(String... options) {
    try {
      List<String> all = new ArrayList<>();
      all.add("--data=" + Files.createTempDirectory("drover-simulator"));
      all.addAll(
          List.of(
              "--task-time=40ms", "--boot-time=60ms", "--update-time=60ms", "--special-vms=off"));
      all.addAll(List.of(options));
      Simulator simulator = Simulator.start(all.toArray(new String[0]));
      return new Wire(simulator, simulator.ready().path("prism").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same world by another of its Prism Centrals. */
  Wire by(String central) {
    return new Wire(simulator, ready.path("prismCentrals").path(central).asText());
  }

  /** An answer, with its body as JSON where it is such. */
  record Reply(int status, JsonNode json, HttpResponse<String> raw) {

    @Nullable String header(String name) {
      return raw.headers().firstValue(name).orElse(null);
    }

    String etag() {
      return String.valueOf(header("ETag"));
    }

    JsonNode data() {
      return json.path("data");
    }

    List<String> all(String field) {
      List<String> values = new ArrayList<>();
      data().forEach(row -> values.add(row.path(field).asText()));
      return values;
    }

    int total() {
      return json.path("metadata").path("totalAvailableResults").asInt(-1);
    }

    String code() {
      return data().path("error").path(0).path("code").asText();
    }

    String group() {
      return data().path("error").path(0).path("errorGroup").asText();
    }
  }

  String credential(String name) {
    return credentials.path(name).asText();
  }

  JsonNode ready() {
    return ready;
  }

  World world() {
    return simulator.world();
  }

  HttpRequest.Builder bare(String path) {
    return HttpRequest.newBuilder(URI.create(prism + path)).timeout(Duration.ofSeconds(10));
  }

  HttpRequest.Builder asked(String path) {
    String pair = credential("username") + ":" + credential("password");
    return bare(path)
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  Reply get(String path, String... query) {
    return send(asked(path + query(query)).GET());
  }

  static String query(String... query) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i + 1 < query.length; i += 2) {
      text.append(i == 0 ? '?' : '&').append(query[i]).append('=');
      text.append(URLEncoder.encode(query[i + 1], StandardCharsets.UTF_8).replace("+", "%20"));
    }
    return text.toString();
  }

  /** With a fresh request id. */
  Reply post(String path, @Nullable String etag, String body) {
    return post(path, etag, body, UUID.randomUUID().toString());
  }

  Reply post(String path, @Nullable String etag, String body, String requestId) {
    HttpRequest.Builder request = asked(path).header("NTNX-Request-Id", requestId);
    if (etag != null) {
      request.header("If-Match", etag);
    }
    return send(
        request.POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body)));
  }

  Reply send(HttpRequest.Builder request) {
    try {
      return reply(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  CompletableFuture<Reply> sendAsync(HttpRequest.Builder request) {
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(Wire::reply);
  }

  private static Reply reply(HttpResponse<String> raw) {
    JsonNode json = MissingNode.getInstance();
    if (raw.headers().firstValue("content-type").orElse("").startsWith("application/json")) {
      try {
        json = JSON.readTree(raw.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Reply(raw.statusCode(), json, raw);
  }

  /** A fresh entity tag and an action with it. */
  Reply act(String vm, String action, String body) {
    return post(VMS + "/" + vm + "/$actions/" + action, get(VMS + "/" + vm).etag(), body);
  }

  /** The task that an answer names, when it has ended. */
  JsonNode end(Reply reply) {
    String task = reply.data().path("extId").asText();
    return await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () -> get(TASKS + "/" + task).data(),
            row -> row.path("status").asText().matches("SUCCEEDED|FAILED|CANCELED"));
  }

  /** What a finished task says of its making under this name. */
  static String detail(JsonNode task, String name) {
    for (JsonNode detail : task.path("completionDetails")) {
      if (detail.path("name").asText().equals(name)) {
        return detail.path("value").asText();
      }
    }
    throw new AssertionError(name + " is not in " + task);
  }

  /** Takes a recovery point; its extId. */
  String recoveryPoint(String vm) {
    String body =
        "{\"name\":\"before\",\"expirationTime\":\"2090-01-01T00:00:00Z\","
            + "\"vmRecoveryPoints\":[{\"vmExtId\":\""
            + vm
            + "\"}]}";
    return detail(end(post(POINTS, null, body)), "recoveryPointExtId");
  }

  /** The VM's own point in a recovery point. */
  String nested(String point) {
    return get(POINTS + "/" + point).data().path("vmRecoveryPoints").path(0).path("extId").asText();
  }

  /** The extId of the VM that its name starts with. */
  String vm(int number) {
    return simulator
        .world()
        .vms()
        .filter(vm -> vm.number == number)
        .findFirst()
        .orElseThrow()
        .extId;
  }

  Vm guest(String extId) {
    return simulator.world().find(extId).orElseThrow();
  }

  String fault(String kind, Object... pairs) {
    return control("/faults", body("kind", kind, pairs)).path("id").asText();
  }

  void change(String vm, Object... pairs) {
    control("/vm", body("vm", vm, pairs));
  }

  private static ObjectNode body(String name, String value, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put(name, value);
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      body.set(pairs[i].toString(), JSON.valueToTree(pairs[i + 1]));
    }
    return body;
  }

  JsonNode control(String path, @Nullable ObjectNode body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(ready.path("control").asText() + path));
    Reply reply =
        send(body == null ? request : request.POST(BodyPublishers.ofString(body.toString())));
    if (reply.status() != 200) {
      throw new IllegalStateException(reply.raw().body());
    }
    return reply.json();
  }

  void noFaults() {
    send(HttpRequest.newBuilder(URI.create(ready.path("control").asText() + "/faults")).DELETE());
  }

  @Override
  public void close() {
    try {
      simulator.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
