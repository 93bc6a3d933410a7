package io.drover.api;

import io.drover.approval.ChatDecisions;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where Slack brings presses of buttons. It is open to all, and believes only what Slack signed.
 */
@Hidden
@RestController
class SlackApi {
  private static final int LONGEST = 64 * 1024;

  private final ChatDecisions decisions;

  SlackApi(ChatDecisions decisions) {
    this.decisions = decisions;
  }

  /** The bytes are read before anybody parses them: the signature is of the bytes. */
  @PostMapping("/slack/interactions")
  ResponseEntity<?> press(HttpServletRequest request) throws IOException {
    byte[] body = request.getInputStream().readNBytes(LONGEST + 1);
    if (body.length > LONGEST) {
      return problem(413, "A press may have 64 KiB at most");
    }
    ChatDecisions.Answer answer =
        decisions.take(
            body,
            request.getHeader("X-Slack-Request-Timestamp"),
            request.getHeader("X-Slack-Signature"),
            request.getRemoteAddr());
    return answer.status() == 200
        ? ResponseEntity.ok(Map.of("text", answer.text()))
        : problem(answer.status(), answer.text());
  }

  private static ResponseEntity<ProblemDetail> problem(int status, String detail) {
    return ResponseEntity.of(
            ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(status), detail))
        .build();
  }
}
