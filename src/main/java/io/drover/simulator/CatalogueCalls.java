package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a Prism Central says of itself: categories, domain managers, clusters. */
final class CatalogueCalls {
  private final Central central;

  CatalogueCalls(Central central) {
    this.central = central;
  }

  Answer categories(Call call) {
    Fields<Central.Category> fields =
        new Fields<Central.Category>()
            .filter("extId", Central.Category::extId)
            .both("key", Central.Category::key)
            .both("value", Central.Category::value)
            .filterEnum("type", "Prism.Config.CategoryType", category -> "USER")
            .select("extId", "key", "value", "type", "description", "ownerUuid");
    return new Listing<>(
            central.world.options,
            "prism.v4.config.Category",
            "ListCategoriesApiResponse",
            fields,
            CatalogueCalls::view)
        .answer(call, central.categories);
  }

  Answer category(Call call, String extId) {
    Central.Category category = central.categories.get(extId);
    if (category == null) {
      return Answer.error(
          404, "prism", "CTGRS-50001", "CATEGORY_NOT_FOUND", "There is no category " + extId);
    }
    ObjectNode row = view(category);
    if ("detailedAssociations".equals(call.query().get("$expand"))) {
      ArrayNode associations = row.putArray("detailedAssociations");
      central.vms.values().stream()
          .filter(vm -> vm.categories.contains(extId))
          .forEach(
              vm ->
                  associations
                      .addObject()
                      .put("categoryId", extId)
                      .put("resourceType", "VM")
                      .put("resourceGroup", "ENTITY")
                      .put("resourceId", vm.extId));
    }
    return Answer.one(row, World.etag("category " + extId));
  }

  /** At once, without a task. */
  Answer create(Call call) {
    String key = call.json().path("key").asText("");
    String value = call.json().path("value").asText("");
    if (key.isEmpty() || value.isEmpty() || value.length() > 64) {
      return call.wrong("key, value: (expected: both, the value of at most 64 characters)");
    }
    int before = central.categories.size();
    String extId = central.category(key, value);
    if (central.categories.size() == before) {
      return Answer.error(
          409, "prism", "CTGRS-50002", "CATEGORY_EXISTS", key + ":" + value + " exists");
    }
    Answer made = category(call, extId);
    return new Answer(201, made.body(), made.etag());
  }

  private static ObjectNode view(Central.Category category) {
    return Json.object()
        .put("extId", category.extId())
        .put("key", category.key())
        .put("value", category.value())
        .put("type", "USER");
  }

  Answer domainManagers(Call call) {
    Fields<Central> fields = new Fields<Central>().select("extId", "config");
    return new Listing<>(
            central.world.options,
            "prism.v4.config.DomainManager",
            "ListDomainManagerApiResponse",
            fields,
            CatalogueCalls::view)
        .answer(call, Map.of(central.domainManager, central));
  }

  private static ObjectNode view(Central central) {
    ObjectNode manager = Json.object().put("extId", central.domainManager);
    manager
        .putObject("config")
        .put("name", central.name)
        .put("size", "EXTRALARGE")
        .putObject("buildInfo")
        .put("version", "pc.7.5");
    return manager;
  }

  /** Prism Central itself is a row, too. */
  Answer clusters(Call call) {
    Map<String, Cluster> clusters = new LinkedHashMap<>();
    char letter = 'a';
    for (String id : central.clusters) {
      clusters.put(id, new Cluster(id, "cluster-" + letter++, "AOS"));
    }
    clusters.put(
        central.domainManager, new Cluster(central.domainManager, "Unnamed", "PRISM_CENTRAL"));
    Fields<String> function =
        new Fields<String>().filterEnum("", "Clustermgmt.Config.ClusterFunctionRef", name -> name);
    Fields<Cluster> fields =
        new Fields<Cluster>()
            .filter("extId", Cluster::extId)
            .both("name", Cluster::name)
            .filterAny("config/clusterFunction", c -> java.util.List.of(c.function()), function)
            .select("extId", "name", "config", "vmCount");
    return new Listing<>(
            central.world.options,
            "clustermgmt.v4.config.Cluster",
            "ListClustersApiResponse",
            fields,
            this::view)
        .answer(call, clusters);
  }

  /** Two of each cluster; its cluster is named by {@code uuid}, as nowhere else. */
  Answer hosts(Call call) {
    Map<String, Host> hosts = new LinkedHashMap<>();
    for (String cluster : central.clusters) {
      for (int i = 1; i <= 2; i++) {
        String id = World.uuid("host " + cluster + " " + i);
        hosts.put(id, new Host(id, "host-" + i, cluster));
      }
    }
    Fields<Host> fields =
        new Fields<Host>()
            .filter("extId", Host::extId)
            .both("hostName", Host::name)
            .select("extId", "hostName", "cluster", "memorySizeBytes");
    return new Listing<>(
            central.world.options,
            "clustermgmt.v4.config.Host",
            "ListHostsApiResponse",
            fields,
            this::view)
        .answer(call, hosts);
  }

  private record Host(String extId, String name, String cluster) {}

  private ObjectNode view(Host host) {
    ObjectNode row = Json.object().put("extId", host.extId()).put("hostName", host.name());
    row.putObject("cluster").put("uuid", host.cluster()).put("name", "cluster");
    long gib = central.world.options.number("host-memory-gib");
    return row.put("memorySizeBytes", gib << 30).put("numberOfCpuCores", 64);
  }

  /** Never trimmed, as nobody deletes alerts. */
  Answer alerts(Call call) {
    Fields<Central.Alert> fields =
        new Fields<Central.Alert>()
            .filter("extId", Central.Alert::extId)
            .filter("alertType", Central.Alert::type)
            .filter("isResolved", Central.Alert::resolved)
            .both("creationTime", Central.Alert::created)
            .select(
                "extId",
                "alertType",
                "title",
                "severity",
                "creationTime",
                "isResolved",
                "sourceEntity",
                "message");
    return new Listing<>(
            central.world.options,
            "monitoring.v4.serviceability.Alert",
            "ListAlertsApiResponse",
            fields,
            CatalogueCalls::view)
        .answer(call, central.alerts);
  }

  private static ObjectNode view(Central.Alert alert) {
    ObjectNode row =
        Json.object()
            .put("extId", alert.extId())
            .put("alertType", alert.type())
            .put("title", alert.title())
            .put("message", "{vm_name} is not well") // a template, which nobody filled
            .put("severity", alert.severity())
            .put("creationTime", alert.created().toString())
            .put("isResolved", alert.resolved());
    row.putObject("sourceEntity")
        .put("type", "vm")
        .put("extId", alert.vmExtId())
        .put("name", alert.vmName());
    return row;
  }

  Answer subnets(Call call) {
    Fields<Central.Subnet> fields =
        new Fields<Central.Subnet>()
            .filter("extId", Central.Subnet::extId)
            .both("name", Central.Subnet::name)
            .filter("clusterReference", Central.Subnet::cluster)
            .select("extId", "name", "subnetType", "clusterReference", "networkId");
    return new Listing<>(
            central.world.options,
            "networking.v4.config.Subnet",
            "ListSubnetsApiResponse",
            fields,
            CatalogueCalls::view)
        .answer(call, central.subnets());
  }

  private static ObjectNode view(Central.Subnet subnet) {
    return Json.object()
        .put("extId", subnet.extId())
        .put("name", subnet.name())
        .put("subnetType", "VLAN")
        .put("networkId", subnet.vlan())
        .put("clusterReference", subnet.cluster());
  }

  private record Cluster(String extId, String name, String function) {}

  private ObjectNode view(Cluster cluster) {
    ObjectNode row = Json.object().put("extId", cluster.extId()).put("name", cluster.name());
    boolean aos = cluster.function().equals("AOS");
    ObjectNode config = row.putObject("config");
    config.putArray("clusterFunction").add(cluster.function());
    config.putArray("hypervisorTypes").add(aos ? "AHV" : "$UNKNOWN");
    if (aos) {
      row.put(
          "vmCount",
          central.vms.values().stream().filter(vm -> vm.cluster.equals(cluster.extId())).count());
    }
    return row;
  }
}
