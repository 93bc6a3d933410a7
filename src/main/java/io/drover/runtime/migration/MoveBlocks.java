package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.report.Texts;
import io.drover.runtime.BlockInput;
import io.drover.runtime.CallFailure;
import io.drover.runtime.MutatingCalls.Intent;
import io.drover.runtime.StepContext;
import io.drover.runtime.Workers;
import io.drover.runtime.migration.DesiredState.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Blocks of Move that act on plans, as its Kamelets call them. */
final class MoveBlocks {
  /** How Move says that a plan runs, or ran (by its number; a workload's numbers mean others). */
  private static final Set<Integer> STARTED = Set.of(4, 5, 7);

  private static final Set<Integer> BROKEN = Set.of(6, 8, 9, 10);
  private static final int SHOWN = 200;

  private final MigrationSystems systems;
  private final DesiredState changes;
  private final Workers workers;
  private final WaveProperties settings;

  MoveBlocks(
      MigrationSystems systems, DesiredState changes, Workers workers, WaveProperties settings) {
    this.systems = systems;
    this.changes = changes;
    this.workers = workers;
    this.settings = settings;
  }

  private <T> CompletableFuture<T> away(Supplier<T> work) {
    return CompletableFuture.supplyAsync(() -> workers.blocking(work), workers.pool());
  }

  /**
   * What an appliance knows as a provider. Given: {@code move}, {@code providerName}, {@code
   * providerAddress}, {@code providerRole} (source or target), {@code providerUsername}, {@code
   * providerPassword} (a secret's reference). Leaves {@code provider}, and of a target its
   * clusters.
   */
  CompletableFuture<?> ensureProvider(Exchange exchange, Provider wanted, Duration patience) {
    String name = new BlockInput(exchange).text("move");
    MoveClient move = systems.move(name);
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  for (JsonNode row : move.read("POST", "providers/list", null).path("Entities")) {
                    if (wanted.is(row)) {
                      return Look.done(view(row));
                    }
                  }
                  return Look.notYet("Move has no provider for " + wanted.address());
                });
          }

          @Override
          public void send() {
            move.write("POST", "providers", wanted.spec());
          }
        };
    return reach(
        exchange,
        new Intent(
            name,
            "create-provider",
            wanted.name(),
            wanted.name(),
            "POST providers " + wanted.name() + " " + wanted.address()),
        change,
        patience);
  }

  /** A provider that is to be known to Move. */
  record Provider(
      String name, String address, boolean source, String username, Supplier<String> password) {

    boolean is(JsonNode row) {
      JsonNode access = row.path("Spec").path(source ? "ESXAccessInfo" : "AOSAccessInfo");
      return access.isObject()
          && (access.path("IPorFQDN").asText().equalsIgnoreCase(address)
              || row.path("Spec").path("Name").asText().equals(name));
    }

    ObjectNode spec() {
      ObjectNode body = MoveClient.object();
      ObjectNode spec =
          body.putObject("Spec").put("Name", name).put("Type", source ? "ESXI" : "AOS");
      spec.putObject(source ? "ESXAccessInfo" : "AOSAccessInfo")
          .put("IPorFQDN", address)
          .put("Username", username)
          .put("Password", password.get());
      return body;
    }
  }

  private static Map<String, Object> view(JsonNode row) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("provider", id(row));
    JsonNode properties = row.path("Spec").path("AOSProperties");
    List<Map<String, Object>> clusters = new ArrayList<>();
    for (JsonNode cluster : properties.path("Clusters")) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("id", cluster.path("UUID").asText());
      each.put("name", cluster.path("Name").asText());
      each.put("containers", pairs(cluster.path("Containers")));
      JsonNode networks = cluster.path("Networks");
      each.put("networks", pairs(networks.isArray() ? networks : properties.path("Networks")));
      clusters.add(each);
    }
    view.put("clusters", clusters);
    return view;
  }

  private static String id(JsonNode row) {
    String id = row.path("MetaData").path("UUID").asText("");
    return id.isEmpty() ? row.path("Spec").path("UUID").asText("") : id;
  }

  private static List<Map<String, Object>> pairs(JsonNode rows) {
    List<Map<String, Object>> all = new ArrayList<>();
    rows.forEach(
        row -> all.add(Map.of("id", row.path("UUID").asText(), "name", row.path("Name").asText())));
    return all;
  }

  /** All VMs that a source provider knows, read anew. Given: {@code move}, {@code provider}. */
  CompletableFuture<?> inventory(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    MoveClient move = systems.move(in.text("move"));
    String provider = in.text("provider");
    return away(() -> {
          List<Map<String, Object>> rows = new ArrayList<>();
          String after = "";
          do {
            ObjectNode body = MoveClient.object();
            body.put("RefreshInventory", after.isEmpty())
                .put("UpdateInventoryToPlans", true)
                .put("ShowVMs", "all")
                .put("Limit", 100)
                .put("SortBy", "VMName");
            if (!after.isEmpty()) {
              body.put("AfterOffset", after);
            }
            JsonNode answer = move.read("POST", "providers/" + provider + "/workloads/list", body);
            for (String field : List.of("Entities", "VMs", "Workloads")) {
              answer.path(field).forEach(row -> rows.add(known(row)));
            }
            String next = answer.path("MetaData").path("AfterOffset").asText("");
            after = next.equals(after) ? "" : next;
          } while (!after.isEmpty());
          return rows;
        })
        .thenAccept(rows -> exchange.getMessage().setBody(rows));
  }

  private static Map<String, Object> known(JsonNode row) {
    Map<String, Object> vm = new LinkedHashMap<>();
    vm.put("uuid", row.path("VMUuid").asText(row.path("UUID").asText("")));
    vm.put("vm", row.path("VmID").asText(row.path("VMId").asText("")));
    vm.put("name", row.path("VMName").asText(""));
    List<Map<String, Object>> networks = new ArrayList<>();
    row.path("Networks")
        .forEach(
            network ->
                networks.add(
                    Map.of(
                        "id",
                        network.path("ID").asText(),
                        "name",
                        network.path("Name").asText(""))));
    vm.put("networks", networks);
    return vm;
  }

  /** Makes a plan. Given: {@code move}, {@code planName}; {@code planSpec}, as Move wants it. */
  CompletableFuture<?> createPlan(Exchange exchange, Duration patience) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String planName = in.text("planName");
    MoveClient move = systems.move(name);
    Object spec = in.value("planSpec");
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  for (JsonNode row : move.read("POST", "plans/list", null).path("Entities")) {
                    JsonNode meta = row.path("MetaData");
                    if (meta.path("Name").asText().equals(planName)) {
                      return Look.done(Map.of("plan", meta.path("UUID").asText()));
                    }
                  }
                  return Look.notYet("there is no plan " + planName);
                });
          }

          @Override
          public void send() {
            ObjectNode body = MoveClient.object();
            body.set("Spec", new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(spec));
            move.write("POST", "plans", body);
          }
        };
    return reach(
        exchange,
        new Intent(name, "create-migration-plan", planName, planName, "POST plans " + planName),
        change,
        patience);
  }

  /**
   * Has Move prepare the guests. Given: {@code move}, {@code plan}, {@code workloads} (a list of
   * UUIDs). Leaves {@code failed}, a list of uuid and message.
   */
  CompletableFuture<?> prepare(Exchange exchange, Duration patience) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String plan = in.text("plan");
    MoveClient move = systems.move(name);
    ObjectNode body = prepareBody(in.value("workloads"));
    DesiredState.Change change =
        new DesiredState.Change() {
          private boolean begun;

          @Override
          public CompletableFuture<Look> look() {
            if (!begun) {
              return CompletableFuture.completedFuture(Look.notYet("nobody asked for it yet"));
            }
            // Move is asked again by the same request, which does not begin anew.
            return away(() -> judged(move.write("POST", path(plan, "prepare"), body)));
          }

          @Override
          public void send() {
            begun = true;
          }
        };
    return reach(
        exchange,
        new Intent(name, "prepare-migration-plan", plan, in.optional("planName"), "POST prepare"),
        change,
        patience);
  }

  private ObjectNode prepareBody(@Nullable Object workloads) {
    WaveProperties.Guests guests = settings.guests();
    ObjectNode body = MoveClient.object();
    ObjectNode spec = body.putObject("Spec");
    ObjectNode login = spec.putObject("CommonCredentials");
    login.put("LinuxUserName", guests == null ? "" : text(guests.linuxUsername()));
    login.put(
        "LinuxPassword", guests == null ? "" : WaveProperties.Guests.read(guests.linuxPassword()));
    login.put("WindowsUserName", guests == null ? "" : text(guests.windowsUsername()));
    login.put(
        "WindowsPassword",
        guests == null ? "" : WaveProperties.Guests.read(guests.windowsPassword()));
    login.put("PemFile", "");
    ArrayNode vms = spec.putArray("VMs");
    if (workloads instanceof Iterable<?> all) {
      all.forEach(
          uuid ->
              vms.addObject()
                  .put("UUID", String.valueOf(uuid))
                  .put("GuestPrepMode", guests == null ? "manual" : "auto"));
    }
    return body;
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static Look judged(JsonNode answer) {
    JsonNode result = answer.path("Status").path("Result");
    boolean working = !result.path("Passed").isArray() && !result.path("Failed").isArray();
    return working
        ? Look.going("guests are being prepared")
        : Look.done(Map.of("failed", failed(result.path("Failed"))));
  }

  private static List<Map<String, Object>> failed(JsonNode rows) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (JsonNode row : rows) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("uuid", row.path("VMUUID").asText(row.path("UUID").asText("")));
      each.put("message", Texts.line(why(row), 400));
      all.add(each);
    }
    return all;
  }

  /** What a row says; where its form is not known, all of it. */
  private static String why(JsonNode row) {
    String message = row.path("Message").asText("");
    String check = row.path("CheckType").asText("");
    return message.isEmpty() ? row.toString() : (check.isEmpty() ? "" : check + ": ") + message;
  }

  /**
   * What stands against a plan. Given: {@code move}, {@code plan}. Leaves {@code failed}, a list of
   * uuid and message; what concerns no single VM has an empty uuid. Move says 200 in any case.
   */
  CompletableFuture<?> readiness(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    MoveClient move = systems.move(in.text("move"));
    String plan = in.text("plan");
    return away(() -> {
          JsonNode status = move.read("POST", path(plan, "readiness"), null).path("Status");
          List<Map<String, Object>> failed = new ArrayList<>();
          status
              .path("Failed")
              .forEach(row -> failed.add(Map.of("uuid", "", "message", Texts.line(why(row), 400))));
          failed.addAll(failed(status.path("VMChecksResult").path("Failed")));
          return failed;
        })
        .thenAccept(failed -> exchange.getMessage().setBody(Map.of("failed", failed)));
  }

  /** Begins the copies. Given: {@code move}, {@code plan}. */
  CompletableFuture<?> start(Exchange exchange, Duration patience) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String plan = in.text("plan");
    MoveClient move = systems.move(name);
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  JsonNode meta = there(move, plan).path("MetaData");
                  int state = meta.path("State").asInt(-1);
                  String told = meta.path("StateString").asText("");
                  if (BROKEN.contains(state) || told.matches("(?i).*(fail|abort|cancel).*")) {
                    return Look.failed("plan-failed", "The plan is " + told + " (" + state + ")");
                  }
                  boolean runs = STARTED.contains(state) || told.matches("(?i).*inprogress.*");
                  return runs
                      ? Look.done(Map.of("plan", plan, "state", told.isEmpty() ? state : told))
                      : Look.notYet("the plan is " + told + " (" + state + ")");
                });
          }

          @Override
          public void send() {
            try {
              ObjectNode body = MoveClient.object();
              body.putObject("Spec");
              move.write("POST", path(plan, "start"), body);
            } catch (CallFailure e) {
              if (!e.getKind().equals("http-409")) { // it runs already
                throw e;
              }
            }
          }
        };
    return reach(
        exchange,
        new Intent(name, "start-migration-plan", plan, in.optional("planName"), "POST start"),
        change,
        patience);
  }

  /** Takes a plan away. Given: {@code move}, {@code plan}. */
  CompletableFuture<?> delete(Exchange exchange, Duration patience) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String plan = in.text("plan");
    MoveClient move = systems.move(name);
    DesiredState.Change change =
        new DesiredState.Change() {
          @Override
          public CompletableFuture<Look> look() {
            return away(
                () -> {
                  for (JsonNode row : move.read("POST", "plans/list", null).path("Entities")) {
                    if (row.path("MetaData").path("UUID").asText().equals(plan)) {
                      return Look.notYet("the plan is there");
                    }
                  }
                  return Look.done(Map.of("plan", plan, "deleted", true));
                });
          }

          @Override
          public void send() {
            move.write("DELETE", "plans/" + plan, null);
          }
        };
    return reach(
        exchange,
        new Intent(
            name, "delete-migration-plan", plan, in.optional("planName"), "DELETE plans/" + plan),
        change,
        patience);
  }

  private static JsonNode there(MoveClient move, String plan) {
    try {
      return move.read("GET", "plans/" + plan, null);
    } catch (CallFailure e) {
      throw gone(move, plan, e);
    }
  }

  /** A plan that Move does not know any more is nothing to go on with. */
  static CallFailure gone(MoveClient move, String plan, CallFailure e) {
    return e.getKind().equals("http-404")
        ? new CallFailure(
            CallFailure.Verdict.REFUSED,
            "plan-gone",
            move.told() + " does not know the plan " + plan + " any more")
        : e;
  }

  private static String path(String plan, String verb) {
    return "plans/" + plan + "/" + verb;
  }

  /**
   * Waits until each workload of a plan is ready for its cutover or has failed. Given: {@code
   * move}, {@code plan}. Leaves {@code ready} (a number) and {@code failed}.
   *
   * @param told is called with each look
   */
  CompletableFuture<?> awaitReady(
      Exchange exchange,
      Duration patience,
      java.util.function.Consumer<Map<String, MoveWorkload>> told) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    Waiting waiting =
        new Waiting(
            systems.move(name),
            systems.workloads(name),
            in.text("plan"),
            StepContext.of(exchange),
            System.nanoTime() + patience.toNanos(),
            told);
    return waiting.look().thenAccept(result -> exchange.getMessage().setBody(result));
  }

  private final class Waiting {
    private final MoveClient move;
    private final WorkloadReader reader;
    private final String plan;
    private final StepContext step;
    private final long deadline;
    private final java.util.function.Consumer<Map<String, MoveWorkload>> told;

    Waiting(
        MoveClient move,
        WorkloadReader reader,
        String plan,
        StepContext step,
        long deadline,
        java.util.function.Consumer<Map<String, MoveWorkload>> told) {
      this.move = move;
      this.reader = reader;
      this.plan = plan;
      this.step = step;
      this.deadline = deadline;
      this.told = told;
    }

    CompletableFuture<Map<String, Object>> look() {
      step.ensureLive();
      return reader.next(plan).handleAsync(this::seen, workers.pool()).thenCompose(next -> next);
    }

    private CompletableFuture<Map<String, Object>> seen(
        @Nullable Map<String, MoveWorkload> all, @Nullable Throwable error) {
      if (all == null) {
        Throwable cause =
            error != null && error.getCause() instanceof CallFailure ? error.getCause() : error;
        if (cause instanceof CallFailure failure) {
          if (failure.getVerdict() == CallFailure.Verdict.TRANSIENT) {
            return again("Move could not be asked: " + failure.getMessage());
          }
          return CompletableFuture.failedFuture(gone(move, plan, failure));
        }
        return CompletableFuture.failedFuture(
            cause == null ? new IllegalStateException("No workloads") : cause);
      }
      told.accept(all);
      List<Map<String, Object>> failed = new ArrayList<>();
      int ready = 0;
      int open = 0;
      for (MoveWorkload each : all.values()) {
        if (each.failed()) {
          failed.add(
              Map.of(
                  "uuid",
                  each.uuid(),
                  "message",
                  Texts.line(each.told() + " " + each.error(), 400)));
        } else if (each.ready() || each.completed()) {
          ready++;
        } else {
          open++;
        }
      }
      if (open > 0) {
        return again(open + " of " + all.size() + " workloads are not ready");
      }
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ready", ready);
      result.put("failed", failed.subList(0, Math.min(SHOWN, failed.size())));
      return CompletableFuture.completedFuture(result);
    }

    private CompletableFuture<Map<String, Object>> again(String why) {
      if (System.nanoTime() - deadline >= 0) {
        return CompletableFuture.failedFuture(
            new CallFailure(CallFailure.Verdict.UNKNOWN, "timeout", "In all the time: " + why));
      }
      // The reader keeps its interval; asking at once costs no call.
      return look();
    }
  }

  /** All workloads of a plan, for whoever decides next. Given: {@code move}, {@code plan}. */
  CompletableFuture<Map<String, MoveWorkload>> workloads(Exchange exchange) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String plan = in.text("plan");
    return systems
        .workloads(name)
        .next(plan)
        .exceptionallyCompose(
            error ->
                CompletableFuture.failedFuture(
                    error instanceof CallFailure failure
                        ? gone(systems.move(name), plan, failure)
                        : error));
  }

  /** What one workload's action comes to, look by look. */
  interface Judge {
    Look judge(@Nullable MoveWorkload seen, boolean sent);
  }

  /**
   * Acts on one workload. Given: {@code move}, {@code plan}, {@code workload} (its UUID), {@code
   * vmName}.
   */
  CompletableFuture<?> act(
      Exchange exchange, String kind, String action, Duration patience, Judge judge) {
    BlockInput in = new BlockInput(exchange);
    String name = in.text("move");
    String plan = in.text("plan");
    String workload = in.text("workload");
    MoveClient move = systems.move(name);
    StepContext step = StepContext.of(exchange);
    boolean before = step.resumed() || step.key().attempt() > 1;
    DesiredState.Change change =
        new DesiredState.Change() {
          private boolean sent = before;

          @Override
          public CompletableFuture<Look> look() {
            return systems
                .workloads(name)
                .next(plan)
                .handle(
                    (all, error) -> {
                      if (error != null) {
                        throw error instanceof CallFailure failure
                            ? gone(move, plan, failure)
                            : new IllegalStateException(error);
                      }
                      return judge.judge(all.get(workload), sent);
                    });
          }

          @Override
          public void send() {
            sent = true;
            ObjectNode body = MoveClient.object();
            body.putObject("Spec").put("Action", action.toLowerCase(Locale.ROOT));
            move.write("POST", path(plan, "workloads/" + workload + "/action"), body);
          }
        };
    return reach(
        exchange,
        new Intent(name, kind, workload, in.optional("vmName"), "POST action " + action),
        change,
        patience);
  }

  private CompletableFuture<?> reach(
      Exchange exchange, Intent intent, DesiredState.Change change, Duration patience) {
    // Looks at workloads keep their own interval, all together.
    Duration pause = settings.pause();
    boolean ofWorkload = intent.kind().endsWith("-workload");
    return changes
        .reach(exchange, intent, change, ofWorkload ? Duration.ofMillis(1) : pause, patience)
        .thenAccept(result -> exchange.getMessage().setBody(result));
  }

  /** Judges the cutover itself. */
  static Look cutover(@Nullable MoveWorkload seen, boolean sent) {
    if (seen == null) {
      return Look.failed("workload-gone", "The plan does not have this workload any more");
    }
    if (seen.failed()) {
      return Look.failed(
          sent ? "cutover-failed" : "not-ready",
          "Move says " + Texts.line(seen.told() + ": " + seen.error(), 400));
    }
    if (seen.completed()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("workload", seen.uuid());
      result.put("extId", seen.extId() == null ? "" : seen.extId());
      return Look.done(result);
    }
    if (seen.ready()) {
      return Look.notYet("it is ready for its cutover");
    }
    boolean going = sent || seen.state().contains("Cutover");
    return going
        ? Look.going("it is " + seen.told())
        : Look.failed("not-ready", "It is not ready for its cutover but " + seen.told());
  }

  /** Judges that no cutover is going on; until then Move may still power the target on. */
  static Judge ended(long patientUntil) {
    return (seen, sent) -> {
      if (seen == null) {
        return Look.failed("workload-gone", "The plan does not have this workload any more");
      }
      if (seen.failed() || seen.completed() || seen.ready()) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("state", seen.told());
        result.put("extId", seen.extId() == null ? "" : seen.extId());
        return Look.done(result);
      }
      boolean wait = System.nanoTime() - patientUntil < 0 || !seen.actions().contains("ABORT");
      return wait ? Look.going("it is " + seen.told()) : Look.notYet("it is " + seen.told());
    };
  }

  /** Judges that a test VM is there. */
  static Look tested(@Nullable MoveWorkload seen, boolean sent) {
    if (seen == null || seen.failed()) {
      return Look.failed(
          "test-failed",
          seen == null ? "There is no such workload" : Texts.line(seen.error(), 400));
    }
    if (seen.actions().contains("UNDOTEST")) {
      return Look.done(Map.of("workload", seen.uuid()));
    }
    return seen.actions().contains("TEST")
        ? Look.notYet("Move offers a test")
        : sent
            ? Look.going("it is " + seen.told())
            : Look.failed("no-test", "Move offers no test of " + Texts.line(seen.name(), 100));
  }

  /** Judges that no test VM is there. */
  static Look untested(@Nullable MoveWorkload seen, boolean sent) {
    return seen != null && seen.actions().contains("UNDOTEST")
        ? Look.notYet("its test VM is there")
        : Look.done(Map.of());
  }
}
