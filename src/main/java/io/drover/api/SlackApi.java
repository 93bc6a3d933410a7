package io.drover.api;

import io.drover.approval.ChatDecisions;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where Slack brings presses of buttons. It is open to all, and believes only what Slack signed.
 */
@Hidden
@RestController
class SlackApi {
  private static final int LONGEST = 256 * 1024;

  private final ChatDecisions decisions;

  SlackApi(ChatDecisions decisions) {
    this.decisions = decisions;
  }

  /** The bytes are read before anybody parses them: the signature is of the bytes. */
  @PostMapping("/slack/interactions")
  ResponseEntity<Map<String, String>> press(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(LONGEST + 1);
    if (body.length > LONGEST) {
      return ResponseEntity.status(413).body(Map.of("text", "Too large"));
    }
    ChatDecisions.Answer answer =
        decisions.take(
            body,
            request.getHeader("X-Slack-Request-Timestamp"),
            request.getHeader("X-Slack-Signature"),
            request.getRemoteAddr());
    return ResponseEntity.status(answer.status())
        .header("Content-Type", "application/json;charset=" + StandardCharsets.UTF_8)
        .body(Map.of("text", answer.text()));
  }
}
