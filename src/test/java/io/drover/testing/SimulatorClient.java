package io.drover.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What a test sees of the simulated world, and what it does to it. */
public final class SimulatorClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final String control;

  SimulatorClient(String control) {
    this.control = control;
  }

  /** One VM as it is now. */
  public record Vm(
      String extId,
      String name,
      String power,
      boolean up,
      boolean healthy,
      int release,
      int boots,
      int updates,
      boolean halfInstalled,
      String distribution) {}

  /** One line of the world's own log. */
  public record Event(long seq, String event, String vm, String vmName, JsonNode line) {}

  public List<Vm> vms() {
    List<Vm> vms = new ArrayList<>();
    get("/world").path("vms").forEach(vm -> vms.add(vm(vm)));
    return vms;
  }

  private static Vm vm(JsonNode vm) {
    return new Vm(
        vm.path("extId").asText(),
        vm.path("name").asText(),
        vm.path("power").asText(),
        vm.path("up").asBoolean(),
        vm.path("healthy").asBoolean(),
        vm.path("release").asInt(),
        vm.path("boots").asInt(),
        vm.path("updates").asInt(),
        vm.path("halfInstalled").asBoolean(),
        vm.path("distribution").asText());
  }

  /** By name or extId. */
  public Vm vm(String wanted) {
    return vm(details(wanted));
  }

  private JsonNode details(String wanted) {
    String name = URLEncoder.encode(wanted, StandardCharsets.UTF_8).replace("+", "%20");
    return get("/vm?vm=" + name);
  }

  /** What a file of the guest holds; null when it has none of that name. */
  public @Nullable String file(String vm, String path) {
    return details(vm).path("files").path(path).textValue();
  }

  /** Makes a VM that runs; its extId. */
  public String create(String name, String distribution) {
    ObjectNode body = JSON.createObjectNode().put("name", name).put("distribution", distribution);
    return post("/vms", body).path("extId").asText();
  }

  public void delete(String vm) {
    change(vm, "delete", true);
  }

  /** Refuses the next calls to Prism and ends all sessions. */
  public void expireCredentials(int calls) {
    post("/credentials", JSON.createObjectNode().put("expire", calls));
  }

  /** The extIds of the recovery points of a VM, in order of their making. */
  public List<String> recoveryPoints(String vmExtId) {
    return StreamSupport.stream(get("/world").path("recoveryPoints").spliterator(), false)
        .filter(point -> point.path("vm").asText().equals(vmExtId))
        .map(point -> point.path("extId").asText())
        .toList();
  }

  public JsonNode world() {
    return get("/world");
  }

  public List<Event> log() {
    return log(0);
  }

  /** What came after the event of this number. */
  public List<Event> log(long after) {
    List<Event> events = new ArrayList<>();
    get("/log?after=" + after)
        .forEach(
            line ->
                events.add(
                    new Event(
                        line.path("seq").asLong(),
                        line.path("event").asText(),
                        line.path("vm").asText(),
                        line.path("vmName").asText(),
                        line)));
    return events;
  }

  /** How often this happened to this VM. */
  public long count(String event, String vmExtId) {
    return log().stream().filter(e -> e.event().equals(event) && e.vm().equals(vmExtId)).count();
  }

  public JsonNode stats() {
    return get("/stats");
  }

  public List<JsonNode> pages() {
    return list(get("/pager"));
  }

  public List<JsonNode> messages() {
    return list(get("/slack"));
  }

  /**
   * Raises an alert about a VM: pairs of field and value, e.g. {@code "type", "A1031"}; its extId.
   */
  public String alert(String vm, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put("vm", vm);
    put(body, pairs);
    return post("/alerts", body).path("extId").asText();
  }

  /** A recovery point that nobody's execution made; its extId. */
  public String point(String vm, String name, String expires, int daysOld) {
    ObjectNode wanted = JSON.createObjectNode();
    wanted.put("vm", vm).put("name", name).put("expires", expires).put("daysOld", daysOld);
    return post("/points", wanted).path("extId").asText();
  }

  /** Messages that Slack shows, by their {@code ts}. */
  public JsonNode slackMessages() {
    return get("/slack/messages");
  }

  /** What Slack sends when somebody presses a button: body, timestamp, signature. */
  public ObjectNode slackPress(String ts, String action, String user, Object... pairs) {
    ObjectNode wanted = JSON.createObjectNode();
    wanted.put("ts", ts).put("action", action).put("user", user);
    for (int i = 0; i + 1 < pairs.length; i += 2) {
      wanted.putPOJO(pairs[i].toString(), pairs[i + 1]);
    }
    return (ObjectNode) post("/slack/press", wanted);
  }

  /** The VMs of the vCenter. */
  public JsonNode sources() {
    return get("/vcenter");
  }

  /** Changes a VM of the vCenter, by name or id. */
  public JsonNode source(String vm, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put("vm", vm);
    put(body, pairs);
    return post("/vcenter", body);
  }

  /** Adds a VM to the vCenter. */
  public JsonNode addSource(ObjectNode given) {
    return post("/vcenter", given);
  }

  public JsonNode move() {
    return get("/move");
  }

  public JsonNode changeMove(ObjectNode given) {
    return post("/move", given);
  }

  /** What Ansible makes of a host. */
  public void playbook(String host, String fate) {
    post("/awx", JSON.createObjectNode().put("host", host).put("fate", fate));
  }

  public void expireMoveTokens() {
    post("/move/expire", JSON.createObjectNode());
  }

  public void expireVCenterSessions() {
    post("/vcenter/expire", JSON.createObjectNode());
  }

  /** Ends ServiceNow's tokens. */
  public void expireServiceNow() {
    post("/servicenow/expire", JSON.createObjectNode());
  }

  /** All records of one of ServiceNow's tables. */
  public List<JsonNode> records(String table) {
    return list(get("/servicenow?table=" + table));
  }

  /** Changes the CMDB's item of this name, or makes it: pairs of field and value. */
  public void item(String name, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    put(body, pairs);
    post("/servicenow", body);
  }

  /** What the spreadsheet's tab holds, row by row. */
  public List<List<String>> sheet() {
    return list(get("/sheets").path("rows")).stream()
        .map(row -> list(row).stream().map(JsonNode::asText).toList())
        .toList();
  }

  /** How often something was appended to it. */
  public int appends() {
    return get("/sheets").path("appends").asInt();
  }

  public void emptySheet() {
    send(request("/sheets").DELETE().build());
  }

  /** Refuses all tokens of the service account that it gave out. */
  public void expireSheetsTokens() {
    post("/sheets/expire", JSON.createObjectNode());
  }

  /** Gives the service account another key, in the same file. */
  public void rotateSheetsKey() {
    post("/sheets/rotate", JSON.createObjectNode());
  }

  private static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  public String knownHosts() {
    return send(request("/known-hosts").GET().build());
  }

  /** Changes a VM: pairs of property and value, e.g. {@code "behaviour", "unhealthyAfterPatch"}. */
  public void change(String vm, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put("vm", vm);
    put(body, pairs);
    post("/vm", body);
  }

  /** Adds a fault: pairs of field and value, e.g. {@code "system", "prism", "status", 503}. */
  public String fault(String kind, Object... pairs) {
    ObjectNode body = JSON.createObjectNode().put("kind", kind);
    put(body, pairs);
    return post("/faults", body).path("id").asText();
  }

  /** How many faults still wait for their call. */
  public long faultsLeft() {
    return list(get("/faults")).stream().filter(each -> each.path("left").asInt() != 0).count();
  }

  public void noFaults() {
    send(request("/faults").DELETE().build());
  }

  public void release(String id) {
    post("/release", JSON.createObjectNode().put("id", id));
  }

  private static void put(ObjectNode body, Object... pairs) {
    for (int i = 0; i < pairs.length; i += 2) {
      body.set(pairs[i].toString(), JSON.valueToTree(pairs[i + 1]));
    }
  }

  private JsonNode get(String path) {
    return read(send(request(path).GET().build()));
  }

  private JsonNode post(String path, ObjectNode body) {
    return read(
        send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build()));
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(control + path));
  }

  private String send(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IllegalStateException(request.uri() + ": " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
