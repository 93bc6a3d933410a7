package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** AWX's API v2: job templates, launches that ignore what they do not ask for, and jobs. */
final class AwxApi extends Front {
  private static final Pattern TEMPLATE = Pattern.compile("/api/v2/job_templates/(\\d+)/launch/");
  private static final Pattern JOB =
      Pattern.compile("/api/v2/jobs/(\\d+)/(cancel/|job_host_summaries/)?");
  private static final Set<String> FATES = Set.of("ok", "failed", "unreachable", "missing");

  final String token = Logins.secret("");
  private final Map<Integer, String> templates =
      new LinkedHashMap<>(Map.of(7, "join-domain", 8, "no-limit"));
  private final Map<String, String> fates = new HashMap<>();
  private final Map<Integer, Job> jobs = new LinkedHashMap<>();

  private static final class Job {
    final int id;
    final int template;
    final String extraVars;
    final List<String> hosts;
    final long began = System.nanoTime();
    boolean canceled;

    Job(int id, int template, String extraVars, List<String> hosts) {
      this.id = id;
      this.template = template;
      this.extraVars = extraVars;
      this.hosts = hosts;
    }
  }

  AwxApi(World world, Faults faults) {
    super("awx", world, faults);
  }

  /** For the control: {@code host}, {@code fate}. */
  JsonNode change(JsonNode json) {
    synchronized (world) {
      String fate = json.path("fate").asText();
      if (!FATES.contains(fate)) {
        throw new IllegalArgumentException("fate: " + fate + " (expected one of " + FATES + ")");
      }
      fates.put(json.path("host").asText(), fate);
      return Json.object().put("jobs", jobs.size());
    }
  }

  @Override
  void take(HttpServerExchange exchange, byte[] body) {
    synchronized (world) {
      String sent = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
      if (sent == null || !Logins.same(sent, "Bearer " + token)) {
        json(
            exchange, 401, Json.object().put("detail", "Authentication credentials were invalid."));
        return;
      }
      try {
        JsonNode json = body.length == 0 ? Json.object() : Json.MAPPER.readTree(body);
        taken(exchange, json);
      } catch (IOException e) {
        json(exchange, 400, Json.object().put("detail", "JSON parse error"));
      }
    }
  }

  private void taken(HttpServerExchange exchange, JsonNode json) {
    String path = exchange.getRequestPath();
    String method = exchange.getRequestMethod().toString();
    Matcher launch = TEMPLATE.matcher(path);
    Matcher job = JOB.matcher(path);
    if (path.equals("/api/v2/job_templates/")) {
      Deque<String> names = exchange.getQueryParameters().get("name");
      String name = names == null ? "" : names.getFirst();
      ArrayNode rows = Json.array();
      templates.forEach(
          (id, known) -> {
            if (known.equals(name)) {
              rows.addObject().put("id", id).put("name", known);
            }
          });
      json(exchange, 200, page(rows));
    } else if (path.equals("/api/v2/jobs/")) {
      ArrayNode rows = Json.array();
      jobs.values().stream()
          .sorted((a, b) -> Integer.compare(b.id, a.id))
          .limit(100)
          .forEach(each -> rows.add(view(each)));
      json(exchange, 200, page(rows));
    } else if (launch.matches() && templates.containsKey(Integer.valueOf(launch.group(1)))) {
      int id = Integer.parseInt(launch.group(1));
      boolean limit = !"no-limit".equals(templates.get(id));
      if (method.equals("GET")) {
        ObjectNode asks = Json.object().put("ask_limit_on_launch", limit);
        asks.put("ask_variables_on_launch", true).put("can_start_without_user_input", true);
        asks.putArray("variables_needed_to_start");
        json(exchange, 200, asks);
      } else {
        launch(exchange, id, limit, json);
      }
    } else if (job.matches() && jobs.containsKey(Integer.valueOf(job.group(1)))) {
      Job known = jobs.get(Integer.valueOf(job.group(1)));
      if (known != null) {
        of(exchange, known, job.group(2) == null ? "" : job.group(2));
      }
    } else {
      json(exchange, 404, Json.object().put("detail", "Not found."));
    }
  }

  private static ObjectNode page(ArrayNode rows) {
    ObjectNode page = Json.object().put("count", rows.size()).putNull("next").putNull("previous");
    page.set("results", rows);
    return page;
  }

  /** What is not asked for on launch is ignored, and said to be, in a field that few read. */
  private void launch(HttpServerExchange exchange, int template, boolean limit, JsonNode json) {
    List<String> hosts =
        limit && json.has("limit")
            ? List.of(json.path("limit").asText().split(","))
            : world.vms().map(vm -> vm.name).toList();
    Job job = new Job(41 + jobs.size(), template, json.path("extra_vars").toString(), hosts);
    jobs.put(job.id, job);
    world.note("awx-launched", null, "template", template, "hosts", String.join(",", hosts));
    ObjectNode answer = view(job).put("job", job.id);
    ObjectNode ignored = answer.putObject("ignored_fields");
    if (!limit && json.has("limit")) {
      ignored.set("limit", json.path("limit"));
    }
    json(exchange, 201, answer);
  }

  private String fate(String host) {
    boolean known = world.vms().anyMatch(vm -> vm.name.equals(host));
    return known ? fates.getOrDefault(host, "ok") : "missing";
  }

  private String status(Job job) {
    if (job.canceled) {
      return "canceled";
    }
    if (System.nanoTime() - job.began < world.options.duration("awx-job-time").toNanos()) {
      return "running";
    }
    boolean bad = job.hosts.stream().map(this::fate).anyMatch(f -> f.matches("failed|unreachable"));
    boolean nobody = job.hosts.stream().map(this::fate).allMatch(f -> f.equals("missing"));
    return bad || nobody ? "failed" : "successful";
  }

  private ObjectNode view(Job job) {
    String status = status(job);
    return Json.object()
        .put("id", job.id)
        .put("job_template", job.template)
        .put("status", status)
        .put("failed", status.equals("failed"))
        .put("extra_vars", job.extraVars)
        .put("limit", String.join(",", job.hosts))
        .put("job_explanation", "");
  }

  private void of(HttpServerExchange exchange, Job job, String what) {
    switch (what) {
      case "cancel/" -> {
        job.canceled = true;
        world.note("awx-canceled", null, "job", job.id);
        json(exchange, 202, Json.object());
      }
      case "job_host_summaries/" -> {
        ArrayNode rows = Json.array();
        for (String host : job.hosts) {
          String fate = fate(host);
          if (!fate.equals("missing") && !status(job).equals("running")) {
            rows.addObject()
                .put("host_name", host)
                .put("ok", fate.equals("ok") ? 3 : 0)
                .put("changed", 1)
                .put("failures", fate.equals("failed") ? 1 : 0)
                .put("dark", fate.equals("unreachable") ? 1 : 0);
          }
        }
        json(exchange, 200, page(rows));
      }
      default -> json(exchange, 200, view(job));
    }
  }
}
