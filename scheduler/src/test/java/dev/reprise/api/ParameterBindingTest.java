package dev.reprise.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.reprise.graph.PipelineException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterBindingTest {
  private enum Mode {
    FAST,
    VERY_SAFE,
    fast;

    @Override
    public String toString() {
      return "mode " + ordinal();
    }
  }

  static Stream<Arguments> values() {
    return Stream.of(
        arguments("text", " kept as it is ", " kept as it is "),
        arguments(15, " 30 ", 30),
        arguments(15, "-2147483648", Integer.MIN_VALUE),
        arguments(15L, "9999999999", 9_999_999_999L),
        arguments(1.5, "2.25e3", 2250.0),
        arguments(true, "no", false),
        arguments(false, "TRUE", true),
        arguments(Duration.ZERO, "15m", Duration.ofMinutes(15)),
        arguments(Duration.ZERO, "PT1H30M", Duration.ofMinutes(90)),
        arguments(LocalDate.EPOCH, "2001-03-01", LocalDate.of(2001, 3, 1)),
        arguments(Path.of("/data"), "other/place", Path.of("other/place")),
        arguments(Mode.FAST, "very-safe", Mode.VERY_SAFE),
        arguments(Mode.FAST, "fast", Mode.fast),
        arguments(Mode.FAST, "Fast", Mode.FAST),
        arguments(TimeUnit.DAYS, "hours", TimeUnit.HOURS));
  }

  @ParameterizedTest
  @MethodSource("values")
  void bind_textOfEveryType_isReadAsTheTypeOfTheDefault(Object like, String text, Object value) {
    assertThat(binding("p", text).bind("p", like)).isEqualTo(value);
  }

  // ---- secrets ----------------------------------------------------------------------------------

  @TempDir Path folder;

  @Test
  void bind_nameOfASecret_isToldToNobody() {
    ParameterBinding binding = binding("db-password", "hunter2-canary");

    assertThat(binding.bind("db-password", "none")).isEqualTo("hunter2-canary");
    assertThat(binding.bound()).containsExactly(entry("db-password", "•••"));
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> binding("pin-token", "hunter2-canary").bind("pin-token", 15))
        .withMessageStartingWith("parameter 'pin-token' cannot be '•••'");
  }

  @Test
  void bindSecret_inAFileOrAVariable_isFoundAndItsPlaceIsShown() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "hunter2-canary\n");
    ParameterBinding binding = binding("db", "file:" + file);

    assertThat(binding.bindSecret("db", "env:DB").reveal()).isEqualTo("hunter2-canary");
    assertThat(binding.bindSecret("home", "env:PATH").reveal()).isEqualTo(System.getenv("PATH"));
    assertThat(binding.bound())
        .containsExactly(entry("db", "file:" + file), entry("home", "env:PATH"));
  }

  /** On a command line it would be in the list of processes and in the shell's history. */
  @Test
  void bindSecret_valueItself_isRefusedWithoutQuotingIt() {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> binding("db", "hunter2-canary").bindSecret("db", "env:DB"))
        .withMessageContaining("env:NAME")
        .withMessageNotContaining("hunter2");
  }

  @Test
  void bindSecret_nothingThere_saysWhereItWasLookedForAndHowToNameAnotherPlace() throws Exception {
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    for (String place : List.of("env:REPRISE_NOT_SET", "file:" + empty, "file:" + folder)) {
      assertThatExceptionOfType(ParameterException.class)
          .isThrownBy(() -> binding("db", place).bindSecret("db", "env:DB"))
          .withMessageStartingWith(
              "parameter 'db' is a secret that is to be in " + place + ", which")
          .withMessageContaining("--param db=env:NAME");
    }
  }

  static Stream<Arguments> badValues() {
    return Stream.of(
        arguments(15, "many", "a whole number from -2147483648 to 2147483647"),
        arguments(15, "2147483648", "a whole number from -2147483648 to 2147483647"),
        arguments(15, "1.5", "a whole number from -2147483648 to 2147483647"),
        arguments(15L, "", "a whole number, such as 15"),
        arguments(1.5, "1,5", "a number, such as 1.5"),
        arguments(true, "perhaps", "true or false"),
        arguments(
            Duration.ZERO,
            "5 parsecs",
            "a duration that is not negative, such as 90s, 15m, 2h, 7d or PT90S"),
        arguments(
            Duration.ZERO,
            "PT-5S",
            "a duration that is not negative, such as 90s, 15m, 2h, 7d or PT90S"),
        arguments(LocalDate.EPOCH, "1.3.2001", "a date, such as 2001-03-01"),
        arguments(Path.of("/data"), "a\u0000b", "a path"),
        arguments(Mode.FAST, "slow", "one of FAST, VERY_SAFE, fast"));
  }

  @ParameterizedTest
  @MethodSource("badValues")
  void bind_textThatDoesNotFit_isRefusedWithWhatIsWanted(Object like, String text, String wanted) {
    String shown = text.replace("\u0000", "\\u{0}");
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> binding("late", text).bind("late", like))
        .withMessage("parameter 'late' cannot be '" + shown + "': wanted " + wanted);
  }

  @Test
  void bind_nothingGiven_isTheDefaultItself() {
    Path path = Path.of("/data/./here");
    assertThat(new ParameterBinding(Parameters.NONE).bind("p", path)).isSameAs(path);
  }

  @Test
  void bind_defaultThatCannotBeReadFromText_isRefusedAtOnce() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> new ParameterBinding(Parameters.NONE).bind("p", BigDecimal.ONE))
        .withMessage(
            "parameter 'p' has a default of java.math.BigDecimal, which cannot be read from text;"
                + " use text, a whole or decimal number, a truth value, an enum, a Path, a Duration"
                + " or a LocalDate, or pass a constant with value(...)");
  }

  @Test
  void bind_badName_isRefused() {
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> new ParameterBinding(Parameters.NONE).bind("a=b", 1))
        .withMessageStartingWith("bad name of a parameter: 'a=b'");
  }

  @Test
  void bind_twiceWithOneDefault_isOneParameter() {
    ParameterBinding binding = binding("p", "3");
    assertThat(binding.bind("p", 1)).isEqualTo(3);
    assertThat(binding.bind("p", 1)).isEqualTo(3);
    assertThat(binding.bound()).containsExactly(Map.entry("p", "3"));
  }

  @Test
  void bind_twiceWithOtherDefaults_isRefusedWhateverIsGiven() {
    for (Parameters given : new Parameters[] {Parameters.NONE, Parameters.NONE.with("p", "3")}) {
      ParameterBinding binding = new ParameterBinding(given);
      binding.bind("p", 1);
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> binding.bind("p", 2))
          .withMessage("parameter 'p' is declared twice with different defaults, '1' and '2'");
    }
  }

  @ParameterizedTest
  @MethodSource("values")
  void bound_everyType_isTextThatGivesTheSameValueAgain(Object like, String text, Object value) {
    ParameterBinding first = binding("p", text);
    first.bind("p", like);
    ParameterBinding second = binding("p", first.bound().get("p"));
    assertThat(second.bind("p", like)).isEqualTo(value);
  }

  @Test
  void checkAllUsed_unknownParameter_isRefusedWithTheNearest() {
    ParameterBinding binding = binding("late-minuets", "30");
    binding.bind("late-minutes", 15);
    binding.bind("data", Path.of("/data"));
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> binding.checkAllUsed("flights"))
        .withMessage(
            "pipeline 'flights' has no parameter 'late-minuets' (it has late-minutes, data); did"
                + " you mean 'late-minutes'?");
  }

  @Test
  void checkAllUsed_pipelineWithoutParameters_saysSo() {
    assertThatExceptionOfType(ParameterException.class)
        .isThrownBy(() -> binding("x\u001b", "1").checkAllUsed("flights"))
        .withMessage("pipeline 'flights' has no parameter 'x\\u{1b}' (it has none)");
  }

  private static ParameterBinding binding(String name, String text) {
    return new ParameterBinding(Parameters.NONE.with(name, text));
  }
}
