package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import io.drover.runtime.Secret;
import io.drover.runtime.Workers;
import io.drover.runtime.migration.AnsibleBlocks.Wanted;
import io.drover.runtime.migration.DesiredState.Look;
import io.drover.runtime.migration.RemoteWire.Answer;
import io.drover.runtime.migration.RemoteWire.Call;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** AWX or Automation Platform, by its API. All its paths end with a slash. */
final class AwxClient {
  private final RemoteWire wire;
  private final AnsibleSystem settings;
  private final Workers workers;

  AwxClient(RemoteWire wire, AnsibleSystem settings, Workers workers) {
    this.wire = wire;
    this.settings = settings;
    this.workers = workers;
  }

  private JsonNode get(String path, @Nullable String query) {
    return call(new Call("GET", settings.prefix() + path, query, null, null, true));
  }

  private JsonNode call(Call call) {
    String token = settings.token();
    Answer answer =
        wire.send(
            call,
            Map.of("Authorization", "Bearer " + new Secret(token == null ? "" : token).read()));
    if (!answer.ok()) {
      JsonNode body = answer.body();
      throw wire.refused(
          call, answer, "", body.has("detail") ? body.path("detail").asText() : body.toString());
    }
    return answer.body();
  }

  /** How many job templates its user sees. */
  int templates() {
    return get("/job_templates/", "page_size=1").path("count").asInt();
  }

  /** One run of a job template. */
  DesiredState.Change job(Wanted wanted) {
    return new Job(wanted);
  }

  private final class Job implements DesiredState.Change {
    private final Wanted wanted;
    private boolean begun;
    private @Nullable Integer id;
    private @Nullable String ignored;

    Job(Wanted wanted) {
      this.wanted = wanted;
      this.begun = wanted.known();
    }

    @Override
    public CompletableFuture<Look> look() {
      return CompletableFuture.supplyAsync(() -> workers.blocking(this::seen), workers.pool());
    }

    private Look seen() {
      String not = ignored;
      if (not != null) {
        return Look.failed(
            "ignored-fields", "AWX ignores " + not + " of " + wanted.playbook() + "; job canceled");
      }
      Integer known = id != null ? id : begun ? find() : null;
      id = known;
      if (known == null) {
        return Look.notYet("no job of this step is known");
      }
      JsonNode job = get("/jobs/" + known + "/", null);
      String status = job.path("status").asText();
      return switch (status) {
        case "successful" -> judged(known);
        case "failed", "error", "canceled" ->
            Look.failed(
                "ansible-failed",
                "Job "
                    + known
                    + " is "
                    + status
                    + ": "
                    + Texts.line(job.path("job_explanation").asText(), 300)
                    + " "
                    + hosts(known));
        default -> Look.going("job " + known + " is " + status, String.valueOf(known));
      };
    }

    /** By what it was given: an answer may have been lost. */
    private @Nullable Integer find() {
      int template = template();
      for (JsonNode job :
          get("/jobs/", "job_template=" + template + "&order_by=-id&page_size=100")
              .path("results")) {
        if (job.path("job_template").asInt() == template
            && job.path("extra_vars").toString().contains(wanted.marker())) {
          return job.path("id").asInt();
        }
      }
      return null;
    }

    private int template() {
      JsonNode found =
          get(
                  "/job_templates/",
                  "name=" + URLEncoder.encode(wanted.playbook(), StandardCharsets.UTF_8))
              .path("results");
      if (found.size() != 1) {
        throw new CallFailure(
            CallFailure.Verdict.REFUSED,
            "invalid-input",
            "playbook: "
                + wanted.playbook()
                + " (expected: the name of one job template; there are "
                + found.size()
                + ")");
      }
      return found.path(0).path("id").asInt();
    }

    @Override
    public void send() {
      int template = template();
      String path = "/job_templates/" + template + "/launch/";
      JsonNode asks = get(path, null);
      // Without it AWX would ignore the limit, and run on the whole inventory.
      for (String ask : List.of("ask_limit_on_launch", "ask_variables_on_launch")) {
        if (!asks.path(ask).asBoolean()) {
          throw new CallFailure(
              CallFailure.Verdict.REFUSED,
              "ignored-fields",
              "Job template " + wanted.playbook() + " has " + ask + " off; nothing was launched");
        }
      }
      for (JsonNode needed : asks.path("variables_needed_to_start")) {
        if (!wanted.extraVars().containsKey(needed.asText())) {
          throw new CallFailure(
              CallFailure.Verdict.REFUSED,
              "invalid-input",
              "extraVars: (missing) (expected: " + needed.asText() + ", which the template needs)");
        }
      }
      ObjectNode body = AnsibleBlocks.json().createObjectNode();
      body.put("limit", String.join(",", wanted.hosts()));
      body.set("extra_vars", AnsibleBlocks.json().valueToTree(wanted.extraVars()));
      begun = true;
      JsonNode answer =
          call(
              new Call(
                  "POST",
                  settings.prefix() + path,
                  null,
                  "application/json",
                  body.toString(),
                  false));
      id = answer.path("job").asInt(answer.path("id").asInt());
      if (!answer.path("ignored_fields").isEmpty()) {
        ignored = Texts.line(answer.path("ignored_fields").toString(), 200);
        call(
            new Call(
                "POST", settings.prefix() + "/jobs/" + id + "/cancel/", null, null, null, true));
      }
    }

    /** A job can be successful and have reached nobody. */
    private Look judged(int job) {
      Map<String, String> hosts = hosts(job);
      for (String host : wanted.hosts()) {
        String told = hosts.get(host);
        if (told == null || !told.startsWith("ok")) {
          return Look.failed(
              "ansible-failed",
              "Job "
                  + job
                  + " is successful, but "
                  + host
                  + " is "
                  + (told == null ? "not in it" : told));
        }
      }
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("job", String.valueOf(job));
      result.put("status", "successful");
      result.put("hosts", hosts);
      return Look.done(result);
    }

    private Map<String, String> hosts(int job) {
      Map<String, String> hosts = new LinkedHashMap<>();
      for (JsonNode row :
          get("/jobs/" + job + "/job_host_summaries/", "page_size=200").path("results")) {
        boolean bad = row.path("failures").asInt() > 0 || row.path("dark").asInt() > 0;
        hosts.put(
            Texts.line(row.path("host_name").asText(), 200),
            (bad ? (row.path("dark").asInt() > 0 ? "unreachable" : "failed") : "ok")
                + ", changed "
                + row.path("changed").asInt());
      }
      return hosts;
    }
  }
}
