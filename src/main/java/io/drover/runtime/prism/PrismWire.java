package io.drover.runtime.prism;

import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismRequest;
import java.util.concurrent.CompletableFuture;

/** Carries one call to a Prism Central and its answer back, whatever its status. */
interface PrismWire {

  /**
   * Sends it once. Fails with what kept it from being answered.
   *
   * @param sent told when the last byte has left and nothing of the answer was read
   */
  CompletableFuture<PrismAnswer> send(
      PrismCentral central, PrismRequest request, int minor, Credentials.Header who, Runnable sent);
}
