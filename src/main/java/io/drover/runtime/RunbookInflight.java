package io.drover.runtime;

import org.apache.camel.impl.engine.DefaultInflightRepository;

/**
 * Runbooks never count as in flight: Camel would hold a stop up for every waiting one, and those
 * are resumed from the ledger.
 */
final class RunbookInflight extends DefaultInflightRepository {

  @Override
  public int size(String routeId) {
    return routeId != null && routeId.contains("@") ? 0 : super.size(routeId);
  }
}
