package io.drover.access;

/**
 * What a caller may do. Operators and approvers are apart: who starts a thing may not wave it
 * through.
 */
public enum Role {
  /** Sees everything but the audit. */
  VIEWER,
  /** Starts and stops executions. */
  OPERATOR,
  /** Decides on approvals. */
  APPROVER,
  /** Everything, and who may call. */
  ADMIN;

  /** Whether this role may do what the other one may. */
  public boolean includes(Role other) {
    return this == other || this == ADMIN || other == VIEWER;
  }
}
