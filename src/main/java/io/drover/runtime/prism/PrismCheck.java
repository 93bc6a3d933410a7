package io.drover.runtime.prism;

import io.drover.odata.ODataQuery;
import io.drover.prism.PrismProblem;
import io.drover.prism.PrismRequest;
import io.drover.prism.PrismRequests;
import io.drover.prism.PrismSettings;
import io.drover.runtime.doctor.HttpCheck;
import io.drover.runtime.doctor.Report;
import io.drover.runtime.doctor.SystemCheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;

/**
 * One Prism Central: what every runbook reads there can be read. Whether its user may change
 * things, only a change would tell.
 */
final class PrismCheck implements SystemCheck {
  private final PrismCentral central;
  private final PrismCalls calls;
  private final Supplier<CloseableHttpClient> client;

  PrismCheck(PrismCentral central, PrismCalls calls, Supplier<CloseableHttpClient> client) {
    this.central = central;
    this.calls = calls;
    this.client = client;
  }

  @Override
  public String system() {
    return "prism " + central.name();
  }

  @Override
  public void look(Report report) {
    PrismSettings settings = central.settings();
    PrismSettings.Tls tls = settings.tls();
    String trust = "drover.systems.prism." + central.name() + ".tls.trust-pem";
    boolean checked = tls == null || !tls.insecure();
    if (!HttpCheck.answers(report, settings.base(), client.get(), trust, checked)) {
      return;
    }
    ODataQuery one = ODataQuery.ALL.limit(1);
    Map<String, PrismRequest> reads = new LinkedHashMap<>();
    reads.put("VMs", PrismRequests.vms(one));
    reads.put("clusters", PrismRequests.clusters(one));
    reads.put("categories", PrismRequests.categories(one));
    reads.put("recovery points", PrismRequests.recoveryPoints(one));
    reads.put("subnets", PrismRequests.subnets(one));
    List<String> may = new ArrayList<>();
    List<String> mayNot = new ArrayList<>();
    for (Map.Entry<String, PrismRequest> read : reads.entrySet()) {
      try {
        calls.readOnce(central, read.getValue(), read::getValue, Caller.HOUSE).join();
        may.add(read.getKey());
      } catch (CompletionException e) {
        PrismProblem problem = PrismProblemsIn.find(e);
        if (problem == null || problem.status() != 403) {
          report.fail(e);
          return;
        }
        mayNot.add(read.getKey());
      }
    }
    report.ok("credentials", "accepted");
    if (!mayNot.isEmpty()) {
      report.fail("rights", "may not read " + String.join(", ", mayNot));
    } else if (settings.apiKey() != null) {
      report.warn(
          "rights", "Prism does not replicate recovery points for API keys; DR needs a user");
    } else {
      report.ok("rights", "may read " + String.join(", ", may));
    }
  }
}
