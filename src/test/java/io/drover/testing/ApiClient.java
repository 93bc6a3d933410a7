package io.drover.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A client of the API with one identity, or none. */
public final class ApiClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final @Nullable String authorization;

  private ApiClient(String base, @Nullable String authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  public static ApiClient nobody(String base) {
    return new ApiClient(base, null);
  }

  public static ApiClient user(String base, String name, String password) {
    String pair = name + ":" + password;
    return new ApiClient(
        base, "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }

  public static ApiClient token(String base, String token) {
    return new ApiClient(base, "Bearer " + token);
  }

  /** An answer; {@code json} is missing when the body is none. */
  public record Answer(int status, HttpResponse<String> raw, JsonNode json) {
    public String header(String name) {
      return raw.headers().firstValue(name).orElse("");
    }
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  /** Headers as pairs of name and value. */
  public Answer post(String path, @Nullable String body, String... headers) {
    return send("POST", path, body, headers);
  }

  public Answer send(String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request = request(path).header("Content-Type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return send(
        request.method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    return authorization == null ? request : request.header("Authorization", authorization);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer, json(answer.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }
}
