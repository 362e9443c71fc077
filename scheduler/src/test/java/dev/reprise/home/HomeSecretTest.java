package dev.reprise.home;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.fingerprint.CanonicalEncoder;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key of a home's secrets is made once, FAULTS 7.6: another one re-keys all their steps. */
class HomeSecretTest {
  @TempDir Path home;
  private final List<String> warnings = new ArrayList<>();

  /** What a secret enters keys as, for a driver that begins now. */
  private Fingerprint digest(boolean writable) throws Exception {
    HomeSecret secret = new HomeSecret(home, writable, warnings::add);
    return CanonicalEncoder.plain()
        .withSecrets(secret.keyring())
        .fingerprint(Secret.of("hunter2-canary"));
  }

  @Test
  void keyring_firstNeed_isMadeForItsOwnerAlone() throws Exception {
    Fingerprint first = digest(true);

    assertThat(digest(true)).isEqualTo(first);
    assertThat(digest(false)).isEqualTo(first);
    Path key = home.resolve("secret.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
        .isEqualTo("rw-------");
    try (var all = Files.list(home)) {
      assertThat(all).containsExactly(key);
    }
    assertThat(warnings).isEmpty();
  }

  @Test
  void keyring_cannotBeReadJustNow_isLeftAloneAndToldOf() throws Exception {
    Path key = home.resolve("secret.key");
    Files.createDirectory(key); // reading it fails, for root too
    Files.writeString(key.resolve("inside"), "");

    Fingerprint one = digest(true);

    assertThat(digest(true)).as("each process has its own").isNotEqualTo(one);
    assertThat(key.resolve("inside")).exists();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0))
        .contains("steps with secrets are computed anew")
        .contains("secret.key");
  }

  @Test
  void keyring_cutShort_anotherIsMadeOnce() throws Exception {
    Files.write(home.resolve("secret.key"), new byte[7]);

    Fingerprint first = digest(true);

    assertThat(digest(true)).isEqualTo(first);
    assertThat(warnings).isEmpty();
  }

  @Test
  void keyring_readOnlyHome_isMadeForThisProcess() throws Exception {
    digest(false);

    assertThat(home).isEmptyDirectory();
  }

  @Test
  void keyring_severalDriversAtFirstNeed_haveOneKey() throws Exception {
    assertThatDriversAgree(() -> Files.deleteIfExists(home.resolve("secret.key")));
  }

  @Test
  void keyring_severalDriversAtAKeyCutShort_haveOneKey() throws Exception {
    assertThatDriversAgree(
        () -> {
          Files.deleteIfExists(home.resolve("secret.key.2"));
          return Files.write(home.resolve("secret.key"), new byte[7]);
        });
  }

  private void assertThatDriversAgree(Callable<?> before) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    for (int round = 0; round < 20; round++) {
      before.call();
      Set<Fingerprint> digests = new HashSet<>(Together.call(threads, 8, () -> digest(true)));
      assertThat(digests).hasSize(1);
      assertThat(digest(true)).as("what the next one finds").isIn(digests);
    }
    threads.shutdown();
  }
}
