package io.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Calls Drover's API, and says what went wrong in words and by an exit code. */
final class Client {
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final URI server;
  private final @Nullable String authorization;

  Client(URI server, @Nullable String authorization) {
    this.server = server;
    this.authorization = authorization;
  }

  JsonNode get(String path, String... query) {
    return call("GET", path + query(query), null, null);
  }

  JsonNode post(String path, @Nullable JsonNode body) {
    return call("POST", path, body, null);
  }

  JsonNode post(String path, @Nullable JsonNode body, @Nullable String idempotencyKey) {
    return call("POST", path, body, idempotencyKey);
  }

  JsonNode put(String path, JsonNode body) {
    return call("PUT", path, body, null);
  }

  /** One part of a path. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A stream of events; the caller closes it. */
  InputStream events(String path) throws IOException, InterruptedException {
    HttpRequest request = request(path).header("Accept", "text/event-stream").GET().build();
    HttpResponse<InputStream> answer =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      String text;
      try (InputStream body = answer.body()) {
        text = new String(body.readNBytes(100_000), StandardCharsets.UTF_8);
      }
      throw failure(answer.statusCode(), text);
    }
    return answer.body();
  }

  private JsonNode call(
      String method, String path, @Nullable JsonNode body, @Nullable String idempotencyKey) {
    HttpRequest.Builder request =
        request(path).timeout(Duration.ofMinutes(5)).header("Accept", "application/json");
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body.toString()));
    HttpResponse<String> answer;
    try {
      answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure(ExitCode.UNREACHABLE, "Interrupted");
    }
    if (answer.statusCode() >= 300) {
      throw failure(answer.statusCode(), answer.body());
    }
    return json(answer.body());
  }

  CliFailure unreachable(IOException e) {
    String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new CliFailure(
        ExitCode.UNREACHABLE,
        "Drover does not answer at " + server + ": " + why + " (see --server, DROVER_URL)");
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private static String query(String... pairs) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      if (!pairs[i + 1].isEmpty()) {
        parts.add(pairs[i] + "=" + part(pairs[i + 1]));
      }
    }
    return parts.isEmpty() ? "" : "?" + String.join("&", parts);
  }

  private static CliFailure failure(int status, String body) {
    JsonNode problem = json(body);
    StringBuilder text = new StringBuilder(problem.path("title").asText("HTTP " + status));
    if (problem.hasNonNull("detail") && problem.path("errors").isEmpty()) {
      text.append(": ").append(problem.path("detail").asText());
    }
    for (JsonNode error : problem.path("errors")) {
      text.append("\n  ")
          .append(Output.plain(error.path("field").asText()))
          .append(": ")
          .append(Output.plain(error.path("value").asText()))
          .append(" (expected: ")
          .append(Output.plain(error.path("expected").asText()))
          .append(')');
    }
    int code =
        switch (status) {
          case 401, 403 -> ExitCode.REFUSED;
          case 404 -> ExitCode.NOT_FOUND;
          case 409 -> ExitCode.CONFLICT;
          case 400, 413, 422 -> ExitCode.FINDINGS;
          case 429, 502, 503, 504 -> ExitCode.UNREACHABLE;
          default -> ExitCode.BUG;
        };
    return new CliFailure(code, text.toString());
  }

  private static JsonNode json(String text) {
    try {
      JsonNode node = text.isBlank() ? null : Output.JSON.readTree(text);
      return node == null ? MissingNode.getInstance() : node;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
