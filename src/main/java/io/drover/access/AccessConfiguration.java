package io.drover.access;

import io.drover.execution.Executions;
import io.drover.execution.LedgerClock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

/**
 * Denies what {@link AccessRules} does not allow. There is no session and no cookie, so a page of
 * another site cannot make a browser call in somebody's name, and tokens against that are not
 * needed; browsers do send a remembered Basic password, so calls that change something are refused
 * when a browser says that they come from another site.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookProperties.class)
@ConditionalOnWebApplication
class AccessConfiguration {

  /** Spring Boot would make a user of its own and log its password. */
  @Bean
  UserDetailsService noOtherUsers() {
    return name -> {
      throw new UsernameNotFoundException(name);
    };
  }

  @Bean
  SecurityFilterChain access(
      HttpSecurity http,
      Users users,
      Tokens tokens,
      WebhookProperties webhooks,
      Executions executions,
      LedgerClock clock)
      throws Exception {
    CallerFilter callers =
        new CallerFilter(users, new Passwords(), tokens, new Lockout(System::nanoTime));
    return http.csrf(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .addFilterBefore(callers, BasicAuthenticationFilter.class)
        .addFilterAfter(new BodyLimitFilter(), AuthorizationFilter.class)
        .addFilterAfter(new WebhookFilter(webhooks, executions, clock), AuthorizationFilter.class)
        .exceptionHandling(
            e ->
                e.authenticationEntryPoint(
                        (request, response, none) -> ProblemAnswer.unauthorized(response))
                    .accessDeniedHandler(
                        (request, response, denied) ->
                            ProblemAnswer.write(
                                response,
                                403,
                                "Not allowed",
                                "Your roles do not allow "
                                    + request.getMethod()
                                    + " on this path")))
        .authorizeHttpRequests(
            requests ->
                requests
                    .dispatcherTypeMatchers(
                        jakarta.servlet.DispatcherType.ASYNC, jakarta.servlet.DispatcherType.ERROR)
                    .permitAll() // the call that led here was allowed, or is told why not
                    .anyRequest()
                    .access(
                        (authentication, context) -> {
                          AccessRules.Rule rule =
                              AccessRules.of(
                                  context.getRequest().getMethod(),
                                  context.getRequest().getRequestURI());
                          boolean fine =
                              rule != null
                                  && (rule.role() == null
                                      || (authentication.get().getPrincipal() instanceof Caller who
                                          && who.may(rule.role())))
                                  && !fromAnotherSite(context.getRequest());
                          return new AuthorizationDecision(fine);
                        }))
        .build();
  }

  private static boolean fromAnotherSite(jakarta.servlet.http.HttpServletRequest request) {
    String site = request.getHeader("Sec-Fetch-Site");
    boolean changes = !request.getMethod().equals("GET") && !request.getMethod().equals("HEAD");
    return changes && site != null && !site.equals("same-origin") && !site.equals("none");
  }
}
