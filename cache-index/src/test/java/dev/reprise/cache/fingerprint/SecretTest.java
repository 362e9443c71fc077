package dev.reprise.cache.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretTest {
  private static final String CANARY = "hunter2-canary";

  private final SecretKeyring keyring = SecretKeyring.of(new byte[32]);
  private final CanonicalEncoder encoder = CanonicalEncoder.plain().withSecrets(keyring);

  private record Login(String user, Secret<String> password) {}

  @Test
  void toString_andPreview_areDots() {
    Login login = new Login("me", Secret.of(CANARY));

    assertThat(login.toString()).contains("•••").doesNotContain(CANARY);
    assertThat(Preview.of(login)).isEqualTo("Login(user=\"me\", password=•••)");
    assertThat(Preview.of(Map.of(Secret.of(CANARY), List.of(Secret.of(CANARY)))))
        .isEqualTo("{•••=[•••]}");
  }

  @Test
  void encode_secret_holdsItsHmacAlone() throws Exception {
    String bytes = new String(encoder.encode(Secret.of(CANARY)), StandardCharsets.ISO_8859_1);

    assertThat(bytes).doesNotContain("hunter").hasSize(1 + 32);
  }

  @Test
  void fingerprint_equalSecrets_areEqual_othersAndPlainValuesDiffer() throws Exception {
    Fingerprint secret = encoder.fingerprint(Secret.of(CANARY));

    assertThat(encoder.fingerprint(Secret.of(CANARY))).isEqualTo(secret);
    assertThat(encoder.fingerprint(Secret.of(CANARY + "x"))).isNotEqualTo(secret);
    assertThat(encoder.fingerprint(CANARY)).isNotEqualTo(secret);
  }

  @Test
  void fingerprint_anotherKey_differs() throws Exception {
    byte[] otherKey = new byte[32];
    otherKey[31] = 1;

    assertThat(under(SecretKeyring.of(otherKey))).isNotEqualTo(under(keyring));
  }

  @Test
  void fingerprint_withoutKeyring_isRefused() {
    assertThatThrownBy(() -> CanonicalEncoder.plain().fingerprint(List.of(Secret.of(CANARY))))
        .isInstanceOf(NoCanonicalFormException.class)
        .hasMessage("[0]: is a secret, and there is no key under which secrets enter cache keys");
  }

  @Test
  void fingerprint_secretWithoutCanonicalForm_isRefusedWithoutQuotingIt() {
    Secret<Map<String, Object>> secret = Secret.of(Map.of(CANARY, new Object()));

    assertThatThrownBy(() -> encoder.fingerprint(secret))
        .isInstanceOf(NoCanonicalFormException.class)
        .hasMessageNotContaining(CANARY);
  }

  @Test
  void equals_isByValue_andHashCodeTellsNothing() {
    assertThat(Secret.of(CANARY)).isEqualTo(Secret.of(CANARY)).isNotEqualTo(Secret.of("other"));
    assertThat(Secret.of(CANARY)).hasSameHashCodeAs(Secret.of("other"));
    assertThat(Secret.of(CANARY).reveal()).isEqualTo(CANARY);
  }

  @Test
  void keyring_shortKey_isRefused_andItShowsNothing() {
    assertThatThrownBy(() -> SecretKeyring.of(new byte[31]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 32 bytes");
    assertThat(keyring).hasToString("SecretKeyring");
  }

  private static Fingerprint under(SecretKeyring keyring) throws NoCanonicalFormException {
    return CanonicalEncoder.plain().withSecrets(keyring).fingerprint(Secret.of(CANARY));
  }
}
