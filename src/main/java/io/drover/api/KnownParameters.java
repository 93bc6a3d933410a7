package io.drover.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses query parameters that do not exist: a misspelt filter would silently show everything. */
@Configuration(proxyBeanMethods = false)
class KnownParameters implements WebMvcConfigurer {

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry
        .addInterceptor(
            new HandlerInterceptor() {
              @Override
              public boolean preHandle(
                  HttpServletRequest request, HttpServletResponse response, Object handler) {
                if (handler instanceof HandlerMethod method) {
                  check(request, method);
                }
                return true;
              }
            })
        .addPathPatterns("/api/v1/**");
  }

  private static void check(HttpServletRequest request, HandlerMethod method) {
    Set<String> known =
        Arrays.stream(method.getMethodParameters())
            .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
            .map(KnownParameters::name)
            .collect(Collectors.toCollection(TreeSet::new));
    for (String given : request.getParameterMap().keySet()) {
      if (!known.contains(given)) {
        String shown = given.length() > 100 ? given.substring(0, 100) + "…" : given;
        throw new IllegalArgumentException(shown + ": (expected: one of " + known + ")");
      }
    }
  }

  private static String name(MethodParameter parameter) {
    return parameter.getParameter().getName();
  }
}
