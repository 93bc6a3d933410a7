package io.drover.runtime.prism;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.testing.SimulatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The floor of the benchmark: what the JDK's own client needs for the same calls, without a ledger,
 * without budgets, and knowing beforehand how long a task takes.
 */
final class PlainClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Executor AFTER_TASK =
      CompletableFuture.delayedExecutor(295, TimeUnit.MILLISECONDS);
  private static final Executor SOON = CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final String who;
  private final String domainManager;
  private final String secondCluster;

  PlainClient(SimulatorProcess simulator) {
    base = simulator.url("prism");
    who =
        "Basic "
            + Base64.getEncoder()
                .encodeToString(
                    (simulator.username() + ":" + simulator.password())
                        .getBytes(StandardCharsets.UTF_8));
    domainManager =
        call("GET", "/api/prism/v4.0/config/domain-managers", null)
            .join()
            .at("/data/0/extId")
            .asText();
    secondCluster =
        call("GET", "/api/clustermgmt/v4.0/config/clusters", null)
            .join()
            .at("/data/1/extId")
            .asText();
  }

  String domainManager() {
    return domainManager;
  }

  String secondCluster() {
    return secondCluster;
  }

  void run(List<String> vms, int concurrency) throws InterruptedException {
    Semaphore slots = new Semaphore(concurrency);
    for (String vm : vms) {
      slots.acquire();
      one(vm)
          .whenComplete(
              (ok, error) -> {
                if (error != null) {
                  error.printStackTrace();
                }
                slots.release();
              });
    }
    slots.acquire(concurrency);
  }

  private CompletableFuture<JsonNode> one(String vm) {
    String points = "/api/dataprotection/v4.0/config/recovery-points";
    return change(
            points,
            "{\"name\":\"plain\",\"expirationTime\":\"2099-01-01T00:00:00Z\",\"vmRecoveryPoints\":[{\"vmExtId\":\""
                + vm
                + "\"}]}")
        .thenCompose(
            task ->
                change(
                    points + "/" + result(task) + "/$actions/replicate",
                    "{\"pcExtId\":\""
                        + domainManager
                        + "\",\"clusterExtId\":\""
                        + secondCluster
                        + "\"}"));
  }

  private static String result(JsonNode task) {
    for (JsonNode detail : task.path("completionDetails")) {
      if (detail.path("name").asText().equals("recoveryPointExtId")) {
        return detail.path("value").asText();
      }
    }
    throw new IllegalStateException("No recovery point in " + task);
  }

  private CompletableFuture<JsonNode> change(String path, String body) {
    return call("POST", path, body)
        .thenCompose(
            answer ->
                CompletableFuture.supplyAsync(
                        () -> await(answer.at("/data/extId").asText()), AFTER_TASK)
                    .thenCompose(next -> next));
  }

  private CompletableFuture<JsonNode> await(String task) {
    return call("GET", "/api/prism/v4.0/config/tasks/" + task, null)
        .thenCompose(
            answer ->
                answer.at("/data/status").asText().equals("SUCCEEDED")
                    ? CompletableFuture.completedFuture(answer.path("data"))
                    : CompletableFuture.supplyAsync(() -> await(task), SOON)
                        .thenCompose(next -> next));
  }

  private CompletableFuture<JsonNode> call(String method, String path, @Nullable String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .header("Authorization", who)
            .header("NTNX-Request-Id", UUID.randomUUID().toString());
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    return client
        .sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
        .thenApply(
            answer -> {
              if (answer.statusCode() >= 300) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
              }
              try {
                return JSON.readTree(answer.body());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
