package io.drover.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.approval.ApprovalRequest;
import io.drover.approval.Approvals;

/**
 * What people allowed to be deleted: what an approved question of this execution or its kin showed
 * under {@code delete}, each with {@code system} and {@code extId}.
 */
public final class ApprovedDeletions {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ApprovedDeletions() {}

  public static boolean allow(Approvals approvals, String execution, String system, String extId) {
    for (ApprovalRequest request : approvals.approved(execution)) {
      for (JsonNode each : shown(request).path("delete")) {
        if (each.path("system").asText().equals(system)
            && each.path("extId").asText().equals(extId)) {
          return true;
        }
      }
    }
    return false;
  }

  private static JsonNode shown(ApprovalRequest request) {
    try {
      return JSON.readTree(request.shown());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Approval " + request.id() + " shows no JSON", e);
    }
  }
}
