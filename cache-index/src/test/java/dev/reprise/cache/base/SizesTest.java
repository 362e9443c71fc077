package dev.reprise.cache.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4096, 4096",
    "3k, 3072",
    "64MiB, 67108864",
    "' 2 GB ', 2147483648",
    "1t, 1099511627776",
    "9223372036854775807, 9223372036854775807"
  })
  void parse_numberAndUnit_isBytes(String text, long bytes) {
    assertThat(Sizes.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "-1", "1.5g", "5 parsecs", "1e3"})
  void parse_anythingElse_isRefusedWithTheForms(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sizes.parse(text))
        .withMessage("bad size '" + text + "': write 4096, 512m, 4g or 64MiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"9999999999999999999", "9223372036854775807k", "8388608t"})
  void parse_moreThanFits_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sizes.parse(text))
        .withMessage("too large a size: '" + text + "'");
  }
}
