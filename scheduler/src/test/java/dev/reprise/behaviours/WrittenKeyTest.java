package dev.reprise.behaviours;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.PipelineTester;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where neither code nor inputs are in a key, what the result is still is. */
class WrittenKeyTest {
  @RegisterExtension final PipelineTester reprise = new PipelineTester();
  @TempDir Path folder;

  private static final String LIST =
      "public static java.util.List<%s> made() { ran(\"made\"); return java.util.List.of(%s); }";
  private static final String RECORD =
      """
      public record Pair(String name, %s value) {}
      public static Pair made() { ran("made"); return new Pair("a", %s); }
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "p.step(\"made\", task(Jobs::made).keptIn(new dev.reprise.task.NamedCache(\"c\"), \"k\"));",
        "p.step(\"made\", task(Jobs::made).manualVersion(\"1\"));"
      })
  void result_typeArgumentOrComponentChanged_isAnotherEntry(String define) throws Exception {
    try (Edition edition = new Edition(folder)) {
      for (String result :
          List.of(
              LIST.formatted("String", "\"1\""),
              LIST.formatted("Integer", "1"),
              RECORD.formatted("int", "1"),
              RECORD.formatted("long", "1L"),
              RECORD.formatted("java.util.List<String>", "java.util.List.of()"),
              RECORD.formatted("java.util.List<Long>", "java.util.List.of()"))) {
        assertThat(bodies(edition, define, result)).as(result).containsExactly("made");
        assertThat(bodies(edition, define, result)).as("again: " + result).isEmpty();
      }
    }
  }

  @Test
  void result_ofAKeyByHandAndBodyChangedAlone_isTaken() throws Exception {
    String define =
        "p.step(\"made\", task(Jobs::made).keptIn(new dev.reprise.task.NamedCache(\"c\"), \"k\"));";
    try (Edition edition = new Edition(folder)) {
      assertThat(bodies(edition, define, RECORD.formatted("int", "1"))).hasSize(1);
      assertThat(bodies(edition, define, RECORD.formatted("int", "2"))).isEmpty();
    }
  }

  private List<String> bodies(Edition edition, String define, String members) throws Exception {
    return Bodies.of(reprise.driver(), edition.of(define, members));
  }
}
