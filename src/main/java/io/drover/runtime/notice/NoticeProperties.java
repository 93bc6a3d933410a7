package io.drover.runtime.notice;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom to tell, and where: {@code drover.notices.*}.
 *
 * @param slack announcements; null webhook: none are sent
 * @param pager pages; null routing key: they go to Slack and to the log
 * @param retry the first pause before a message that did not go out is tried again; it doubles
 * @param longestRetry the longest such pause
 * @param giveUp a message older than this is kept for the record and not tried again
 */
@ConfigurationProperties("drover.notices")
record NoticeProperties(
    @DefaultValue Slack slack,
    @DefaultValue Pager pager,
    @DefaultValue("2s") Duration retry,
    @DefaultValue("5m") Duration longestRetry,
    @DefaultValue("7d") Duration giveUp) {

  /**
   * Slack by an incoming webhook.
   *
   * @param webhook {@code env:NAME}, {@code file:PATH} or the URL itself; it is a secret
   * @param channel where to, for webhooks that allow it
   */
  record Slack(@Nullable String webhook, @DefaultValue("#drover") String channel) {}

  /**
   * PagerDuty by its Events API v2.
   *
   * @param url of the service
   * @param routingKey {@code env:NAME}, {@code file:PATH} or the key itself; it is a secret
   * @param source the {@code source} of events: what this Drover is called
   * @param secondAfter failed tries after which a page goes to Slack too
   */
  record Pager(
      @DefaultValue("https://events.pagerduty.com") URI url,
      @Nullable String routingKey,
      @DefaultValue("drover") String source,
      @DefaultValue("3") int secondAfter) {}
}
