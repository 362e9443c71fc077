package dev.reprise.cache.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "90s, PT1M30S",
    "15m, PT15M",
    "15M, PT15M",
    "2h, PT2H",
    "7d, PT168H",
    "' 7 d ', PT168H",
    "0s, PT0S",
    "0, PT0S",
    "' 0 ', PT0S",
    "PT1H30M, PT1H30M",
    "p1d, PT24H"
  })
  void parse_shortAndIsoForms_areUnderstood(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "m",
        "1h30m",
        "1.5h",
        "-5s",
        "-0",
        "00",
        "0x",
        "5 parsecs",
        "999999999999999d",
        "٣s"
      })
  void parse_anythingElse_isRefusedWithTheForms(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage("bad duration '" + text + "': write 250ms, 90s, 15m, 2h, 7d or PT1H30M");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-5S", "-PT5S"})
  void parse_negative_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Durations.parse(text))
        .withMessage("a duration must not be negative: '" + text + "'");
  }
}
