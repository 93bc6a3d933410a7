package io.drover.runtime.notice;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A Slack app for approvals: {@code drover.notices.slack.*}, beside the webhook.
 *
 * @param botToken {@code env:NAME}, {@code file:PATH} or the token itself; null: questions go to
 *     the webhook, as text
 * @param signingSecret likewise; null: presses of buttons are refused, and no buttons are shown
 * @param approvalsChannel id or name of the channel where questions are asked
 * @param url of Slack's Web API
 * @param users Drover's user by Slack's user id
 */
@ConfigurationProperties("drover.notices.slack")
record SlackAppProperties(
    @Nullable String botToken,
    @Nullable String signingSecret,
    @DefaultValue("#drover") String approvalsChannel,
    @DefaultValue("https://slack.com") URI url,
    @DefaultValue Map<String, String> users) {

  boolean posts() {
    return botToken != null && !botToken.isBlank();
  }

  boolean listens() {
    return signingSecret != null && !signingSecret.isBlank();
  }

  /** Never with a secret in it. */
  @Override
  public String toString() {
    return "SlackAppProperties[" + url + "]";
  }
}
