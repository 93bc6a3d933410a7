package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** How a test or a rehearsal looks at the simulated world and makes things go wrong in it. */
final class Control implements HttpHandler {
  private final World world;
  private final Faults faults;
  private final PrismApi prism;
  private final Guests guests;
  private final Chat slack;
  private final Chat pager;

  Control(World world, Faults faults, PrismApi prism, Guests guests, Chat slack, Chat pager) {
    this.world = world;
    this.faults = faults;
    this.prism = prism;
    this.guests = guests;
    this.slack = slack;
    this.pager = pager;
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.getRequestReceiver().receiveFullBytes(this::answer, (e, error) -> e.endExchange());
  }

  private void answer(HttpServerExchange exchange, byte[] body) {
    String call = exchange.getRequestMethod() + " " + exchange.getRequestPath();
    try {
      JsonNode json = body.length == 0 ? Json.object() : Json.MAPPER.readTree(body);
      switch (call) {
        case "POST /faults" -> send(exchange, Json.object().put("id", faults.add(json)).toString());
        case "DELETE /faults" -> {
          faults.clear();
          send(exchange, "{}");
        }
        case "POST /release" -> {
          faults.release(json.path("id").asText("all"));
          send(exchange, "{}");
        }
        case "GET /log" -> send(exchange, log());
        case "GET /world" -> send(exchange, worldView());
        case "POST /vm" -> {
          change(json);
          send(exchange, "{}");
        }
        case "GET /stats" -> send(exchange, stats());
        case "GET /slack" -> send(exchange, slack.received().toString());
        case "GET /pager" -> send(exchange, pager.received().toString());
        case "GET /known-hosts" -> send(exchange, guests.knownHosts());
        default -> exchange.setStatusCode(404).endExchange();
      }
    } catch (IOException | RuntimeException e) {
      exchange.setStatusCode(400);
      send(exchange, String.valueOf(e.getMessage()));
    }
  }

  private String log() {
    synchronized (world) {
      return List.copyOf(world.log).toString();
    }
  }

  /**
   * Changes a VM: {@code vm} by extId or name, then {@code behaviour}, {@code name}, {@code
   * delete}, {@code power} …
   */
  private void change(JsonNode json) {
    String wanted = json.path("vm").asText();
    synchronized (world) {
      Vm vm =
          world.vms.values().stream()
              .filter(v -> v.extId.equals(wanted) || v.name.equals(wanted))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("There is no VM " + wanted));
      json.properties()
          .forEach(
              field -> {
                JsonNode value = field.getValue();
                switch (field.getKey()) {
                  case "vm" -> {}
                  case "behaviour" -> vm.behaviour = value.asText();
                  case "name" -> vm.name = value.asText();
                  case "pendingUpdates" -> vm.disk.pendingUpdates = value.asInt();
                  case "volumeGroup" -> vm.volumeGroup = value.asBoolean();
                  case "guestTools" -> vm.guestTools = value.asBoolean();
                  case "hostKeyVersion" -> vm.hostKeyVersion = value.asInt();
                  case "broken" -> vm.disk.broken = value.asBoolean();
                  case "power" -> world.power(vm, value.asText().equals("ON"));
                  case "delete" -> world.vms.remove(vm.extId);
                  default ->
                      throw new IllegalArgumentException(
                          "There is no such property of a VM: " + field.getKey());
                }
              });
    }
  }

  private String worldView() {
    ObjectNode view = Json.object();
    synchronized (world) {
      ArrayNode vms = view.putArray("vms");
      for (Vm vm : world.vms.values()) {
        ObjectNode row = vms.addObject();
        row.put("extId", vm.extId)
            .put("name", vm.name)
            .put("power", vm.powerState)
            .put("address", vm.address);
        row.put("up", vm.up()).put("healthy", !vm.disk.broken).put("release", vm.disk.release);
        row.put("boots", vm.boots).put("updates", vm.updates).put("distribution", vm.distribution);
        row.put("pendingUpdates", vm.disk.pendingUpdates).put("behaviour", vm.behaviour);
        row.put("halfInstalled", vm.disk.files.containsKey("/var/lib/half-installed"));
      }
      ArrayNode points = view.putArray("recoveryPoints");
      for (World.Point point : world.points.values()) {
        points
            .addObject()
            .put("extId", point.extId)
            .put("name", point.name)
            .put("vm", point.vm)
            .put("type", point.type)
            .put("cluster", point.cluster)
            .put("expires", String.valueOf(point.expires));
      }
      view.put("tasks", world.tasks.size());
    }
    return view.toString();
  }

  private String stats() {
    ObjectNode stats = Json.object();
    ObjectNode calls = stats.putObject("calls");
    prism.counts().forEach(calls::put);
    stats.put("refused429", prism.tiers().refused());
    ObjectNode most = stats.putObject("mostInASecond");
    prism.tiers().most().forEach(most::put);
    return stats.toString();
  }

  private static void send(HttpServerExchange exchange, String text) {
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
    exchange.getResponseSender().send(text, StandardCharsets.UTF_8);
  }
}
