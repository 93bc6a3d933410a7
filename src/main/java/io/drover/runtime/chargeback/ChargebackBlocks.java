package io.drover.runtime.chargeback;

import io.drover.chargeback.RateCard;
import io.drover.chargeback.Statement;
import io.drover.chargeback.Totals;
import io.drover.chargeback.Usage;
import io.drover.chargeback.VmUsage;
import io.drover.execution.Artifacts;
import io.drover.execution.LedgerClock;
import io.drover.inventory.Labels;
import io.drover.odata.VerifiedScan;
import io.drover.runtime.StepContext;
import io.drover.runtime.inventory.InventoryBlocks;
import io.drover.runtime.inventory.InventoryProperties;
import java.io.IOException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What the chargeback runbook decides in Java, by the names that its route uses. What belongs to
 * one step stands in exchange properties, which do not outlive it.
 */
public final class ChargebackBlocks {
  private static final String CLUSTERS = "chargebackClusters";

  private final RateCard card;
  private final ChargebackProperties settings;
  private final Labels.Keys keys;
  private final LedgerClock clock;
  private final Statements statements;

  ChargebackBlocks(
      ChargebackProperties settings,
      InventoryProperties inventory,
      LedgerClock clock,
      Artifacts artifacts) {
    this.settings = settings;
    this.card = settings.card();
    this.keys = inventory.keys();
    this.clock = clock;
    this.statements = new Statements(artifacts);
  }

  /** Body: clusters. */
  public void clusters(Exchange exchange) {
    Map<String, String> names = new HashMap<>();
    for (Map<?, ?> row : rows(exchange)) {
      names.put(String.valueOf(row.get("extId")), String.valueOf(row.get("name")));
    }
    exchange.setProperty(CLUSTERS, names);
    exchange.getMessage().setBody(null);
  }

  /** Body: a page of a scan; its sums afterwards. */
  @SuppressWarnings("unchecked")
  public void sum(Exchange exchange) {
    VerifiedScan.Part<Map<String, Object>> page =
        exchange.getMessage().getBody(VerifiedScan.Part.class);
    Totals totals = new Totals(keys, InventoryBlocks.labels(exchange));
    page.rows().forEach(row -> totals.accept(VmUsage.of(row)));
    exchange.getMessage().setBody(new Sums(page.pass(), totals));
  }

  /** Body: the sums of the last pass. How many VMs went into them. */
  public Map<String, Object> count(Exchange exchange) {
    Usage all = exchange.getMessage().getBody(Sums.class).totals().all();
    InventoryBlocks.end(exchange);
    return Map.of("vms", all.vmsOn() + all.vmsOff());
  }

  /** Body: the sums of the last pass. Keeps the statement; leaves the figures that matter next. */
  @SuppressWarnings("unchecked")
  public Map<String, @Nullable Object> issue(Exchange exchange) throws IOException {
    Totals totals = exchange.getMessage().getBody(Sums.class).totals();
    VerifiedScan.Result scan = InventoryBlocks.result(exchange);
    LocalDate day = LocalDate.ofInstant(clock.now(), settings.timeZone());
    Statement statement =
        Statement.of(
            new Statement.Run(
                StepContext.of(exchange).key().execution(),
                String.valueOf(exchange.getVariable("system")),
                day.toString(),
                scan.sure(),
                scan.passes()),
            totals,
            card.on(day),
            exchange.getProperty(CLUSTERS, Map.class));
    statements.keep(statement);
    exchange.removeProperty(CLUSTERS);
    InventoryBlocks.end(exchange);
    return figures(statement);
  }

  private static Map<String, @Nullable Object> figures(Statement statement) {
    Statement.Sum total = statement.total();
    Usage usage = total.usage();
    Map<String, @Nullable Object> figures = new LinkedHashMap<>();
    figures.put("system", statement.system());
    figures.put("day", statement.day());
    figures.put("vms", usage.vmsOn() + usage.vmsOff());
    figures.put("vmsOn", usage.vmsOn());
    figures.put("vcpus", usage.vcpusOn() + usage.vcpusOff());
    figures.put(
        "memoryGib", Usage.shownGib(usage.memoryBytesOn() + usage.memoryBytesOff()).toString());
    figures.put("storageGib", Usage.shownGib(usage.storageBytes()).toString());
    figures.put("cost", total.cost() == null ? null : total.cost().toPlainString());
    figures.put("currency", statement.currency());
    figures.put("departments", statement.departments().size());
    figures.put("withoutOwner", statement.withoutOwnerCount());
    figures.put("incomplete", statement.incompleteCount());
    figures.put("sure", statement.sure());
    figures.put("passes", statement.passes());
    return figures;
  }

  /** One sentence for the execution's end. */
  public String reason(Exchange exchange) {
    Map<?, ?> figures = exchange.getVariable("figures", Map.class);
    return figures.get("vms")
        + " VMs of "
        + figures.get("departments")
        + " departments"
        + (figures.get("cost") == null
            ? ""
            : ", " + figures.get("cost") + " " + figures.get("currency") + " a month")
        + "; "
        + figures.get("withoutOwner")
        + " without an owner"
        + (Boolean.TRUE.equals(figures.get("sure"))
            ? ""
            : "; it could not be made sure that no VM is missing");
  }

  private static List<Map<?, ?>> rows(Exchange exchange) {
    return ((List<?>) exchange.getMessage().getBody(List.class))
        .stream().<Map<?, ?>>map(row -> (Map<?, ?>) row).toList();
  }
}
