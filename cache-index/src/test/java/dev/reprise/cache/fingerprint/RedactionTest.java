package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What looks like a secret by its name is written down nowhere, FAULTS 7.6. */
class RedactionTest {
  private record Login(String user, String password) {}

  @Test
  void shown_wordOfACommandLine_hidesWhatFollowsTheNameOfASecret() {
    assertThat(Redaction.shown("--param=db-password=a=b")).isEqualTo("--param=db-password=•••");
    assertThat(Redaction.shown("db-password=hunter2")).isEqualTo("db-password=•••");
    assertThat(Redaction.shown("--api-key=hunter2")).isEqualTo("--api-key=•••");
    assertThat(Redaction.shown("--param=month=2001-03")).isEqualTo("--param=month=2001-03");
    assertThat(Redaction.shown("password")).isEqualTo("password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pwd",
        "dbPwd",
        "smtp_pass",
        "auth",
        "http-auth",
        "PASSPHRASE",
        "accessKey",
        "dbPass",
        "basicAuth"
      })
  void hides_nameOfASecret_isTrue(String name) {
    assertThat(Redaction.hides(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "author",
        "auth-mode",
        "pass-through",
        "compass",
        "passengers",
        "key",
        "bypass",
        "trespass"
      })
  void hides_nameOfSomethingElse_isFalse(String name) {
    assertThat(Redaction.hides(name)).isFalse();
  }

  @Test
  void preview_componentOrEntryOfASecret_isDots() {
    assertThat(Preview.of(new Login("me", "hunter2")))
        .isEqualTo("Login(user=\"me\", password=•••)");
    assertThat(Preview.of(Map.of("api-key", "hunter2"))).isEqualTo("{\"api-key\"=•••}");
  }
}
