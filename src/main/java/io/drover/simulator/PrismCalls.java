package io.drover.simulator;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Leads a call of Prism Central's API to what it asks for. */
final class PrismCalls {
  private final Central central;
  private final VmCalls vms;
  private final PointCalls points;
  private final TaskCalls tasks;
  private final CatalogueCalls catalogue;

  PrismCalls(Central central) {
    this.central = central;
    this.vms = new VmCalls(central);
    this.points = new PointCalls(central);
    this.tasks = new TaskCalls(central);
    this.catalogue = new CatalogueCalls(central);
  }

  static String tier(String method, String path) {
    boolean read = method.equals("GET");
    if (path.contains("/ahv/config/vms")) {
      if (path.endsWith("/$actions/revert")) {
        return "vm-revert";
      }
      return !read ? "vm-action" : path.endsWith("/vms") ? "vm-list" : "vm-get";
    }
    if (path.contains("/recovery-points") || path.contains("/vm-recovery-points")) {
      if (path.endsWith("set-expiration-time")) {
        return "recovery-point-expiration";
      }
      return read ? "recovery-point-read" : "recovery-point-write";
    }
    if (path.contains("/config/tasks")) {
      return read ? "task-read" : "task-cancel";
    }
    if (path.contains("/config/categories")) {
      return read ? "category-read" : "category-write";
    }
    if (path.contains("/serviceability/alerts")) {
      return "alert-read";
    }
    return path.contains("/domain-managers") ? "domain-manager-read" : "other";
  }

  /** The VM that a call is about, for faults and the log; null when it is about none. */
  @Nullable Vm vmOf(String path, byte[] body) {
    int at = path.indexOf("/vms/");
    if (at > 0) {
      return central.vms.get(path.substring(at + 5).split("/")[0]);
    }
    if (path.endsWith("/recovery-points") && body.length > 0) {
      try {
        return central.vms.get(
            Json.MAPPER.readTree(body).path("vmRecoveryPoints").path(0).path("vmExtId").asText(""));
      } catch (IOException e) {
        return null;
      }
    }
    at = path.indexOf("/recovery-points/");
    if (at > 0) {
      Point point = central.points.get(path.substring(at + 17).split("/")[0]);
      return point == null ? null : point.parts.get(0).of();
    }
    return null;
  }

  /** Where the address after the version leads. */
  Answer call(Call call, String rest) {
    String[] parts = rest.split("/");
    int id = call.namespace().equals("vmm") ? 3 : 2;
    if (parts.length < id) {
      return Answer.unknownUrl();
    }
    String resource = String.join("/", Arrays.copyOf(parts, id));
    String extId = parts.length > id ? parts[id] : null;
    String action =
        parts.length == id + 3 && parts[id + 1].equals("$actions") ? parts[id + 2] : null;
    String child = parts.length == id + 3 && action == null ? parts[id + 2] : null;
    boolean plain = parts.length <= id + 1;
    if (!plain && action == null && child == null) {
      return Answer.unknownUrl();
    }
    return switch (call.namespace() + "/" + resource) {
      case "vmm/ahv/config/vms" -> child != null ? Answer.unknownUrl() : vm(call, extId, action);
      case "dataprotection/config/recovery-points" ->
          child != null
                  && extId != null
                  && call.reads()
                  && parts[id + 1].equals("vm-recovery-points")
              ? points.part(extId, child)
              : child != null ? Answer.unknownUrl() : point(call, extId, action);
      case "prism/config/tasks" -> task(call, extId, action);
      case "prism/config/categories" -> category(call, extId);
      case "prism/config/domain-managers" -> catalogue.domainManagers(call);
      case "clustermgmt/config/clusters" -> catalogue.clusters(call);
      case "clustermgmt/config/hosts" -> catalogue.hosts(call);
      case "monitoring/serviceability/alerts" -> catalogue.alerts(call);
      case "networking/config/subnets" -> catalogue.subnets(call);
      case "vmm/ahv/config/vm-recovery-points" ->
          extId != null && plain && call.reads() && call.minor() >= 1
              ? points.vmPoint(call, extId)
              : Answer.unknownUrl();
      default -> Answer.unknownUrl();
    };
  }

  private Answer vm(Call call, @Nullable String extId, @Nullable String action) {
    return switch (call.method() + (extId == null ? "" : action == null ? " one" : " action")) {
      case "GET" -> vms.list(call);
      case "POST" -> vms.create(call);
      case "GET one" -> vms.get(call, String.valueOf(extId));
      case "DELETE one", "POST action" -> vms.change(call, String.valueOf(extId), action);
      default -> notAllowed();
    };
  }

  private Answer point(Call call, @Nullable String extId, @Nullable String action) {
    return switch (call.method() + (extId == null ? "" : action == null ? " one" : " action")) {
      case "GET" -> points.list(call);
      case "POST" -> points.create(call);
      case "GET one" -> points.get(String.valueOf(extId));
      case "DELETE one", "POST action" -> points.change(call, String.valueOf(extId), action);
      default -> notAllowed();
    };
  }

  private Answer task(Call call, @Nullable String extId, @Nullable String action) {
    if (extId == null) {
      return call.reads() ? tasks.list(call) : notAllowed();
    }
    if ("cancel".equals(action)) {
      return tasks.cancel(call, extId);
    }
    return call.reads() && action == null ? tasks.get(call, extId) : notAllowed();
  }

  private Answer category(Call call, @Nullable String extId) {
    if (extId != null) {
      return call.reads() ? catalogue.category(call, extId) : notAllowed();
    }
    return call.reads() ? catalogue.categories(call) : catalogue.create(call);
  }

  private static Answer notAllowed() {
    return new Answer(405, Json.object().put("message", "Method Not Allowed"), null);
  }
}
