package io.drover.runtime.chargeback;

import io.drover.chargeback.RateCard;
import io.drover.chargeback.Statement;
import io.drover.chargeback.Totals;
import io.drover.chargeback.Usage;
import io.drover.chargeback.VmUsage;
import io.drover.execution.Artifacts;
import io.drover.execution.LedgerClock;
import io.drover.odata.VerifiedScan;
import io.drover.runtime.StepContext;
import io.drover.runtime.prism.VmScan;
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
  private static final String SCAN = "chargebackScan";
  private static final String CATEGORIES = "chargebackCategories";
  private static final String CLUSTERS = "chargebackClusters";

  private final RateCard card;
  private final ChargebackProperties settings;
  private final Totals.Keys keys;
  private final LedgerClock clock;
  private final Statements statements;

  ChargebackBlocks(
      ChargebackProperties settings,
      InventoryProperties inventory,
      LedgerClock clock,
      Artifacts artifacts) {
    this.settings = settings;
    this.card = settings.card();
    this.keys =
        new Totals.Keys(
            inventory.departmentCategory(),
            inventory.ownerCategory(),
            inventory.environmentCategory());
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

  /** Body: categories. Only those that say something here are kept. */
  public void categories(Exchange exchange) {
    Map<String, Totals.Category> known = new HashMap<>();
    for (Map<?, ?> row : rows(exchange)) {
      String key = String.valueOf(row.get("key"));
      if (key.equals(keys.department())
          || key.equals(keys.owner())
          || key.equals(keys.environment())) {
        known.put(
            String.valueOf(row.get("extId")),
            new Totals.Category(key, String.valueOf(row.get("value"))));
      }
    }
    exchange.setProperty(CATEGORIES, known);
    exchange.getMessage().setBody(null);
  }

  /** Body: a scan, which stays it. */
  public void begin(Exchange exchange) {
    exchange.setProperty(SCAN, exchange.getMessage().getBody(VmScan.class));
  }

  /** Body: a page of a scan; its sums afterwards. */
  @SuppressWarnings("unchecked")
  public void sum(Exchange exchange) {
    VerifiedScan.Part<Map<String, Object>> page =
        exchange.getMessage().getBody(VerifiedScan.Part.class);
    Totals totals =
        new Totals(
            keys, (Map<String, Totals.Category>) exchange.getProperty(CATEGORIES, Map.class));
    page.rows().forEach(row -> totals.accept(VmUsage.of(row)));
    exchange.getMessage().setBody(new SumsOfPages.Sums(page.pass(), totals));
  }

  /** Body: the sums of the last pass. Keeps the statement; leaves the figures that matter next. */
  @SuppressWarnings("unchecked")
  public Map<String, @Nullable Object> issue(Exchange exchange) throws IOException {
    Totals totals = exchange.getMessage().getBody(SumsOfPages.Sums.class).totals();
    VerifiedScan.Result scan = exchange.getProperty(SCAN, VmScan.class).result();
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
    List.of(SCAN, CATEGORIES, CLUSTERS).forEach(exchange::removeProperty);
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
