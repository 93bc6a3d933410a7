package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How a test or a rehearsal looks at the simulated world and makes things go wrong in it. */
final class Control implements HttpHandler {
  private final World world;
  private final Faults faults;
  private final Map<String, PrismApi> prisms;
  private final Guests guests;
  private final Map<String, Chat> chats;
  private @Nullable Logins logins;
  private @Nullable Credentials credentials;
  private @Nullable Sheets sheets;
  private @Nullable ServiceNow serviceNow;
  private @Nullable ServiceAccount account;
  private @Nullable VSphere sphere;
  private @Nullable VCenterApi vcenter;
  private @Nullable MoveApi move;
  private @Nullable AwxApi awx;

  Control(
      World world,
      Faults faults,
      Map<String, PrismApi> prisms,
      Guests guests,
      Map<String, Chat> chats) {
    this.world = world;
    this.faults = faults;
    this.prisms = prisms;
    this.guests = guests;
    this.chats = chats;
  }

  void credentials(Logins who, Credentials files) {
    logins = who;
    credentials = files;
  }

  void sheets(Sheets office, ServiceAccount who) {
    sheets = office;
    account = who;
  }

  void serviceNow(ServiceNow office) {
    serviceNow = office;
  }

  void migration(VSphere from, VCenterApi front, MoveApi by, AwxApi after) {
    awx = after;
    sphere = from;
    vcenter = front;
    move = by;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    if (exchange.getRequestHeaders().contains(Headers.ORIGIN)) {
      exchange.setStatusCode(403).endExchange(); // no page in a browser has business here
      return;
    }
    exchange.getRequestReceiver().receiveFullBytes(this::answer, (e, error) -> e.endExchange());
  }

  private void answer(HttpServerExchange exchange, byte[] body) {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestPath();
    try {
      JsonNode json = body.length == 0 ? Json.object() : Json.MAPPER.readTree(body);
      String told = answer(call, json, exchange.getQueryParameters());
      if (told == null) {
        refuse(exchange, 404, "There is no " + call);
      } else {
        send(exchange, told);
      }
    } catch (NoSuchElementException e) {
      refuse(exchange, 404, e.getMessage());
    } catch (IOException | RuntimeException e) {
      refuse(exchange, 400, e.getMessage());
    }
  }

  private @Nullable String answer(String call, JsonNode json, Map<String, Deque<String>> query)
      throws IOException {
    return switch (call) {
      case "POST /faults" -> Json.object().put("id", faults.add(json)).toString();
      case "GET /faults" -> faults.list().toString();
      case "DELETE /faults" -> done(faults::clear);
      case "POST /release" -> done(() -> faults.release(json.path("id").asText("all")));
      case "GET /log" -> log(Integer.parseInt(first(query, "after", "0")));
      case "GET /world" -> worldView();
      case "GET /vm" -> vmView(first(query, "vm", ""));
      case "POST /vm" -> done(() -> change(json));
      case "POST /vms" -> create(json);
      case "POST /points" -> point(json);
      case "POST /alerts" -> alert(json);
      case "POST /credentials" -> credentials(json);
      case "GET /stats" -> stats();
      case "GET /slack", "GET /pager" -> chat(call.substring(5)).received().toString();
      case "DELETE /slack", "DELETE /pager" -> done(chat(call.substring(8))::forget);
      case "GET /slack/messages" -> chat("slack").posted().toString();
      case "POST /slack/press" -> chat("slack").press(json).toString();
      case "GET /servicenow" ->
          there(serviceNow).shown(first(query, "table", "incident")).toString();
      case "POST /servicenow" -> there(serviceNow).put(json).toString();
      case "POST /servicenow/expire" -> done(there(serviceNow).logins()::expire);
      case "GET /sheets" -> there(sheets).shown().toString();
      case "DELETE /sheets" -> done(there(sheets)::forget);
      case "POST /sheets/expire" -> done(there(account)::expire);
      case "POST /sheets/rotate" -> {
        there(account).rotate();
        yield "{}";
      }
      case "GET /vcenter" -> there(sphere).shown().toString();
      case "POST /vcenter" -> there(sphere).change(json).toString();
      case "POST /vcenter/expire" -> done(there(vcenter)::expire);
      case "GET /move" -> there(move).shown().toString();
      case "POST /move" -> there(move).change(json).toString();
      case "POST /move/expire" -> done(there(move)::expire);
      case "POST /awx" -> there(awx).change(json).toString();
      case "GET /known-hosts" -> guests.knownHosts();
      default -> null;
    };
  }

  private static <T> T there(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("The world is not ready yet");
    }
    return part;
  }

  private static String done(Runnable work) {
    work.run();
    return "{}";
  }

  private Chat chat(String name) {
    Chat chat = chats.get(name);
    if (chat == null) {
      throw new NoSuchElementException("There is no " + name);
    }
    return chat;
  }

  private static String first(Map<String, Deque<String>> query, String name, String otherwise) {
    Deque<String> values = query.get(name);
    return values == null ? otherwise : values.getFirst();
  }

  private String log(int after) {
    synchronized (world) {
      int from = Math.min(Math.max(0, after), world.log.size());
      return world.log.subList(from, world.log.size()).toString();
    }
  }

  private Vm vm(String wanted) {
    return world
        .find(wanted)
        .orElseThrow(() -> new NoSuchElementException("There is no VM " + wanted));
  }

  /** Raises an alert about a VM, at the Prism Central that has it. */
  private String alert(JsonNode json) {
    synchronized (world) {
      Vm vm = vm(json.path("vm").asText());
      String extId = World.uuid("alert " + vm.extId + " " + vm.central.alerts.size());
      vm.central.alerts.put(
          extId,
          new Central.Alert(
              extId,
              json.path("type").asText("A130175"),
              json.path("title").asText("A VM is not well"),
              json.path("severity").asText("WARNING"),
              world.now().minusSeconds(json.path("secondsAgo").asLong(0)),
              json.path("resolved").asBoolean(false),
              vm.extId,
              vm.name));
      return Json.object().put("extId", extId).toString();
    }
  }

  /** Changes a VM: {@code vm} by extId or name, then what is to be different. */
  private void change(JsonNode json) {
    synchronized (world) {
      Vm vm = vm(json.path("vm").asText());
      json.properties().forEach(field -> change(vm, field.getKey(), field.getValue()));
    }
  }

  private void change(Vm vm, String property, JsonNode value) {
    switch (property) {
      case "vm" -> {}
      case "behaviour" -> {
        if (!Vm.BEHAVIOURS.contains(value.asText())) {
          throw new IllegalArgumentException(
              "behaviour: " + value + " (expected one of " + Vm.BEHAVIOURS + ")");
        }
        vm.behaviour = value.asText();
        vm.unhealthyAfterRevert &= vm.behaviour.equals("unhealthyEvenAfterRevert");
      }
      case "name" -> {
        vm.name = value.asText();
        vm.generation++;
        vm.central.vmsChanged();
      }
      case "sockets", "coresPerSocket", "threadsPerCore", "memoryBytes" ->
          size(vm, property, value);
      case "diskBytes" -> {
        List<Long> bytes = new ArrayList<>();
        value.forEach(each -> bytes.add(each.asLong()));
        vm.diskBytes = bytes;
      }
      case "owner" -> vm.owner = value.asText();
      case "noCategories" -> vm.categories.clear();
      case "pendingUpdates" -> vm.disk.pendingUpdates = value.asInt();
      case "volumeGroup" -> vm.volumeGroup = value.asBoolean();
      case "replication" -> {
        if (!Vm.REPLICATIONS.contains(value.asText())) {
          throw new IllegalArgumentException(
              "replication: " + value + " (expected one of " + Vm.REPLICATIONS + ")");
        }
        vm.replication = value.asText();
      }
      case "guestTools" -> vm.guestTools = value.asBoolean();
      case "hostKeyVersion" -> vm.hostKeyVersion = value.asInt();
      case "broken" -> vm.disk.broken = value.asBoolean();
      case "category" ->
          vm.categories.add(
              vm.central.category(value.path("key").asText(), value.path("value").asText()));
      case "power" -> world.power(vm, value.asText().equals("ON"));
      case "touch" -> vm.generation++;
      case "delete" -> world.delete(vm);
      default ->
          throw new IllegalArgumentException("There is no such property of a VM: " + property);
    }
  }

  private static void size(Vm vm, String property, JsonNode value) {
    switch (property) {
      case "sockets" -> vm.sockets = value.asInt();
      case "coresPerSocket" -> vm.coresPerSocket = value.asInt();
      case "threadsPerCore" -> vm.threadsPerCore = value.asInt();
      default -> vm.memoryBytes = value.asLong();
    }
    vm.central.vmsChanged();
  }

  private String create(JsonNode json) {
    synchronized (world) {
      String name = json.path("central").asText(world.centrals.keySet().iterator().next());
      Central central = world.centrals.get(name);
      if (central == null) {
        throw new NoSuchElementException("There is no Prism Central " + name);
      }
      String cluster = json.path("cluster").asText(central.clusters.get(0));
      if (!central.clusters.contains(cluster)) {
        throw new NoSuchElementException("There is no cluster " + cluster);
      }
      Vm vm =
          Seeds.join(
              world,
              central,
              json.path("name").asText("new-vm"),
              cluster,
              json.path("distribution").asText("apt"));
      json.path("categories")
          .properties()
          .forEach(
              pair -> vm.categories.add(central.category(pair.getKey(), pair.getValue().asText())));
      if (json.path("power").asText("ON").equals("ON")) {
        world.power(vm, true);
      }
      return row(vm).toString();
    }
  }

  /** A recovery point that somebody else made: {@code vm, name, expires}, {@code daysOld}. */
  private String point(JsonNode json) {
    synchronized (world) {
      Vm vm = vm(json.path("vm").asText());
      String expires = json.path("expires").asText("never");
      Point point =
          new Point(
              world.newId(),
              world.newId(),
              json.path("name").asText("somebody-elses"),
              "CRASH_CONSISTENT",
              vm.cluster,
              List.of(Point.Part.of(world, vm)),
              expires.equals("never") ? null : Instant.parse(expires));
      point.created = World.now().minus(Duration.ofDays(json.path("daysOld").asLong(0)));
      vm.central.keep(point);
      return Json.object().put("extId", point.extId).toString();
    }
  }

  private String credentials(JsonNode json) throws IOException {
    Logins who = there(logins);
    Credentials files = there(credentials);
    if (json.has("expire")) {
      who.expire(json.path("expire").asInt(1));
    }
    if (json.has("password")) {
      who.change(Logins.secret(json.path("password").asText()));
    }
    return Json.object().put("credentials", files.write().toString()).toString();
  }

  private String vmView(String wanted) {
    synchronized (world) {
      ObjectNode row = row(vm(wanted));
      ObjectNode files = row.putObject("files");
      vm(wanted).disk.files.forEach(files::put);
      return row.toString();
    }
  }

  private static ObjectNode row(Vm vm) {
    ObjectNode row = Json.object();
    row.put("extId", vm.extId).put("name", vm.name).put("central", vm.central.name);
    row.put("power", vm.powerState).put("address", vm.address).put("cluster", vm.cluster);
    row.put("up", vm.up()).put("healthy", !vm.disk.broken && !vm.disk.flapping);
    row.put("release", vm.disk.release).put("boots", vm.boots).put("updates", vm.updates);
    row.put("distribution", vm.distribution).put("pendingUpdates", vm.disk.pendingUpdates);
    row.put("behaviour", vm.behaviour).put("volumeGroup", vm.volumeGroup);
    row.put("guestTools", vm.guestTools).put("replication", vm.replication);
    row.put("subnet", vm.subnet);
    row.put("halfInstalled", vm.disk.files.containsKey(Disk.HALF_INSTALLED));
    return row;
  }

  private String worldView() {
    ObjectNode view = Json.object();
    synchronized (world) {
      ArrayNode vms = view.putArray("vms");
      world.vms().forEach(vm -> vms.add(row(vm)));
      ArrayNode points = view.putArray("recoveryPoints");
      int tasks = 0;
      for (Central central : world.centrals.values()) {
        for (Point point : central.points.values()) {
          points
              .addObject()
              .put("extId", point.extId)
              .put("central", central.name)
              .put("name", point.name)
              .put("vm", point.vm())
              .put("vms", String.join(",", point.parts.stream().map(Point.Part::vm).toList()))
              .put("type", point.type)
              .put("cluster", point.cluster)
              .put("locationAgnosticId", point.locationAgnosticId)
              .put("expires", String.valueOf(point.expires));
        }
        tasks += central.tasks.size();
      }
      view.put("tasks", tasks);
    }
    return view.toString();
  }

  private String stats() {
    Map<String, Long> calls = new TreeMap<>();
    Map<String, Integer> most = new TreeMap<>();
    int refused = 0;
    for (PrismApi prism : prisms.values()) {
      prism.counts().forEach((name, count) -> calls.merge(name, count, Long::sum));
      prism.tiers().most().forEach((tier, count) -> most.merge(tier, count, Math::max));
      refused += prism.tiers().refused();
    }
    ObjectNode stats = Json.object();
    ObjectNode called = stats.putObject("calls");
    calls.forEach(called::put);
    stats.put("refused429", refused);
    ObjectNode busiest = stats.putObject("mostInASecond");
    most.forEach(busiest::put);
    return stats.toString();
  }

  private static void refuse(HttpServerExchange exchange, int status, @Nullable String why) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
    exchange.getResponseSender().send(String.valueOf(why), StandardCharsets.UTF_8);
  }

  private static void send(HttpServerExchange exchange, String text) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(text, StandardCharsets.UTF_8);
  }
}
