package io.drover.prism;

import io.drover.odata.Filter;
import io.drover.odata.Literal;
import io.drover.odata.ODataQuery;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** The reads that Drover makes. */
public final class PrismRequests {
  /** More rows a page are refused by the API. */
  public static final int LARGEST_PAGE = 100;

  static final String[] VMS = {"ahv", "config", "vms"};

  private PrismRequests() {}

  public static PrismRequest vms(ODataQuery query) {
    return PrismRequest.get(Namespace.VMM, Tier.VM_LIST, VMS).query(query);
  }

  public static PrismRequest vm(String extId) {
    return PrismRequest.get(Namespace.VMM, Tier.VM_GET, "ahv", "config", "vms", extId);
  }

  public static PrismRequest recoveryPoints(ODataQuery query) {
    return PrismRequest.get(
            Namespace.DATAPROTECTION, Tier.RECOVERY_POINT_READ, "config", "recovery-points")
        .query(query);
  }

  public static PrismRequest recoveryPoint(String extId) {
    return PrismRequest.get(
        Namespace.DATAPROTECTION, Tier.RECOVERY_POINT_READ, "config", "recovery-points", extId);
  }

  public static PrismRequest categories(ODataQuery query) {
    return PrismRequest.get(Namespace.PRISM, Tier.CATEGORY_READ, "config", "categories")
        .query(query);
  }

  public static PrismRequest clusters(ODataQuery query) {
    return PrismRequest.get(Namespace.CLUSTERMGMT, Tier.CLUSTER_READ, "config", "clusters")
        .query(query);
  }

  public static PrismRequest hosts(ODataQuery query) {
    return PrismRequest.get(Namespace.CLUSTERMGMT, Tier.CLUSTER_READ, "config", "hosts")
        .query(query);
  }

  public static PrismRequest subnets(ODataQuery query) {
    return PrismRequest.get(Namespace.NETWORKING, Tier.SUBNET_READ, "config", "subnets")
        .query(query);
  }

  public static PrismRequest alerts(ODataQuery query) {
    return PrismRequest.get(Namespace.MONITORING, Tier.ALERT_READ, "serviceability", "alerts")
        .query(query);
  }

  /** One VM's own recovery point, with the VM as it was; from v4.1 on. */
  public static PrismRequest vmRecoveryPoint(String extId) {
    return PrismRequest.get(
        Namespace.VMM, Tier.RECOVERY_POINT_READ, "ahv", "config", "vm-recovery-points", extId);
  }

  public static PrismRequest domainManagers() {
    return PrismRequest.get(Namespace.PRISM, Tier.DOMAIN_MANAGER_READ, "config", "domain-managers");
  }

  private static PrismRequest tasks(Filter filter, int limit) {
    return PrismRequest.get(Namespace.PRISM, Tier.TASK_READ, "config", "tasks")
        .query(ODataQuery.where(filter).limit(limit));
  }

  /** All these tasks at once; at most {@link TaskReader#MOST}. */
  public static PrismRequest tasks(Collection<String> extIds) {
    List<Filter> each = extIds.stream().map(extId -> Filter.eq("extId", extId)).toList();
    return tasks(Filter.or(each), TaskReader.MOST);
  }

  public static PrismRequest subTasks(String taskExtId) {
    return tasks(Filter.eq("parentTask/extId", taskExtId), LARGEST_PAGE);
  }

  /** Tasks that touched this entity since. */
  public static PrismRequest tasksOn(String entityExtId, Instant since) {
    return tasks(
        Filter.any("entitiesAffected", a -> Filter.eq(a.field("extId"), entityExtId))
            .and(Filter.ge("createdTime", Literal.time(since))),
        LARGEST_PAGE);
  }
}
