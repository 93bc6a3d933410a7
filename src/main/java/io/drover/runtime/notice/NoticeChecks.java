package io.drover.runtime.notice;

import io.drover.runtime.Secret;
import io.drover.runtime.doctor.HttpCheck;
import io.drover.runtime.doctor.Named;
import io.drover.runtime.doctor.Report;
import io.drover.runtime.doctor.SystemCheck;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.ProducerTemplate;

/**
 * Slack and the pager, for {@code drover doctor}. Whether a webhook or a routing key is taken, only
 * a message would tell; nobody is paged for that.
 */
final class NoticeChecks {
  private final NoticeProperties settings;
  private final SlackAppProperties app;
  private final SlackApprovals approvals;
  private final ProducerTemplate doors;

  NoticeChecks(
      NoticeProperties settings,
      SlackAppProperties app,
      SlackApprovals approvals,
      ProducerTemplate doors) {
    this.settings = settings;
    this.app = app;
    this.approvals = approvals;
    this.doors = doors;
  }

  List<SystemCheck> all() {
    List<SystemCheck> all = new ArrayList<>();
    String webhook = settings.slack().webhook();
    if (webhook != null && !webhook.isBlank()) {
      all.add(
          new Named(
              "slack webhook",
              report -> secret(report, webhook, URI.create(new Secret(webhook).read()))));
    }
    if (app.posts()) {
      all.add(new Named("slack app", this::slackApp));
    }
    String key = settings.pager().routingKey();
    if (key != null && !key.isBlank()) {
      all.add(new Named("pager", report -> secret(report, key, settings.pager().url())));
    } else {
      all.add(
          new Named(
              "pager",
              report ->
                  report.warn(
                      "configured",
                      "nobody is paged: drover.notices.pager.routing-key is not set")));
    }
    return all;
  }

  private static void secret(Report report, String secret, URI url) throws IOException {
    if (new Secret(secret).read().isBlank()) {
      report.fail("credentials", "the secret is empty");
    } else if (HttpCheck.answers(report, url)) {
      report.ok("credentials", "there is a secret; only a message would tell whether it is taken");
    }
  }

  private void slackApp(Report report) throws IOException {
    if (!HttpCheck.answers(report, app.url())) {
      return;
    }
    report.ok("credentials", approvals.whoAmI(doors));
    if (!app.listens()) {
      report.warn(
          "answers", "questions have no buttons: drover.notices.slack.signing-secret is not set");
    } else if (app.users().isEmpty()) {
      report.warn("answers", "nobody's press counts: drover.notices.slack.users is empty");
    } else {
      report.ok("answers", app.users().size() + " people may answer");
    }
  }
}
