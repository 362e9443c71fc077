package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HomeOptionsTest {
  /** Results of one project are never seen by another, whatever their names are. */
  @Test
  void scope_anotherProjectOrEnvironment_isAnother() {
    assertThat(
            Stream.of(
                scope("a/b", "c"),
                scope("a", "b/c"),
                scope("a%2Fb", "c"),
                scope("a", "b%2Fc"),
                scope("a", "c"),
                scope("c", "a")))
        .doesNotHaveDuplicates();
    assertThat(scope("flights", "dev/anna")).isEqualTo("flights/dev/anna");
  }

  private static String scope(String project, String environment) {
    return HomeOptions.at(Path.of("home")).withScope(project, environment).scope().name();
  }
}
