package io.drover.prism;

/**
 * Operations that share a rate limit of one Prism Central. The figures are the limits declared by
 * the v4 API's operations (x-rate-limit), the whole by Nutanix for the smallest Prism Central.
 */
public enum Tier {
  VM_LIST("vm-list", 2),
  VM_GET("vm-get", 2),
  VM_ACTION("vm-action", 5),
  VM_REVERT("vm-revert", 1),
  RECOVERY_POINT_READ("recovery-point-read", 10),
  RECOVERY_POINT_WRITE("recovery-point-write", 2),
  RECOVERY_POINT_EXPIRATION("recovery-point-expiration", 5),
  TASK_READ("task-read", 6),
  CATEGORY_READ("category-read", 20),
  DOMAIN_MANAGER_READ("domain-manager-read", 3),
  CLUSTER_READ("cluster-read", 10),
  /** Not declared; many operations of a new Prism Central say 3. */
  SUBNET_READ("subnet-read", 3),
  ALERT_READ("alert-read", 5),
  /** Every call to one Prism Central together. */
  WHOLE("whole", 30);

  private final String key;
  private final int perSecond;

  Tier(String key, int perSecond) {
    this.key = key;
    this.perSecond = perSecond;
  }

  /** Its name in configuration. */
  public String key() {
    return key;
  }

  public int perSecond() {
    return perSecond;
  }
}
