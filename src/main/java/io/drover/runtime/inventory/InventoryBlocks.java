package io.drover.runtime.inventory;

import io.drover.inventory.Labels;
import io.drover.runtime.prism.VmScan;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;

/**
 * Reading the inventory, by the names that the routes use. What belongs to one step stands in
 * exchange properties, which do not outlive it.
 */
public final class InventoryBlocks {
  private static final String LABELS = "inventoryLabels";
  private static final String SCAN = "inventoryScan";

  private final Labels.Keys keys;

  InventoryBlocks(Labels.Keys keys) {
    this.keys = keys;
  }

  /** Body: categories. Only those that say something here are kept. */
  public void categories(Exchange exchange) {
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> rows = exchange.getMessage().getBody(List.class);
    exchange.setProperty(LABELS, new Labels(rows, keys.all()));
    exchange.getMessage().setBody(null);
  }

  /** Body: a scan, which stays it. */
  public void begin(Exchange exchange) {
    exchange.setProperty(SCAN, exchange.getMessage().getBody(VmScan.class));
  }

  public static Labels labels(Exchange exchange) {
    return exchange.getProperty(LABELS, Labels.class);
  }

  /** What the scan that {@link #begin} took can promise, once its last page was taken. */
  public static io.drover.odata.VerifiedScan.Result result(Exchange exchange) {
    return exchange.getProperty(SCAN, VmScan.class).result();
  }

  /** Lets go of what the step held. */
  public static void end(Exchange exchange) {
    exchange.removeProperty(LABELS);
    exchange.removeProperty(SCAN);
  }
}
