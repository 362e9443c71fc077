package dev.reprise.cache.claim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.claim.Claims.Outcome;
import dev.reprise.cache.claim.Claims.Waiting;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.testing.ManualTime;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class InProcessClaimsTest {
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final Fingerprint KEY = Samples.content(1);
  private static final Fingerprint OTHER = Samples.content(2);

  private final ManualTime time = new ManualTime();
  private final InProcessClaims claims = new InProcessClaims(time, time);
  private final List<String> woken = new ArrayList<>();

  @Test
  void claim_freeKey_isGranted() {
    Claim claim = granted(KEY, "run 1");

    assertThat(claims.isCurrent(claim)).isTrue();
    assertThat(claims.holder(KEY)).contains(claim);
    assertThat(claims.holder(OTHER)).isEmpty();
  }

  @Test
  void claim_heldKey_namesTheHolder() {
    Claim first = granted(KEY, "run 1");

    assertThat(claims.claim(KEY, "run 2", TTL)).isEqualTo(new Outcome.Held(first));
    assertThat(claims.claim(KEY, "run 1", TTL)).isEqualTo(new Outcome.Held(first));
    granted(OTHER, "run 2");
  }

  @Test
  @Shows({"Flyte 17", "Fault 51"})
  void claim_ranOut_isTakenOverAndTheOldTokenIsFenced() {
    Claim old = granted(KEY, "run 1"); // FAULTS row 10, Flyte 18
    time.advance(TTL.minusNanos(1));
    assertThat(claims.isCurrent(old)).isTrue();
    time.advance(Duration.ofNanos(1));
    assertThat(claims.isCurrent(old)).as("nobody has taken it yet").isTrue();
    assertThat(claims.holder(KEY)).isEmpty();

    Claim taken = granted(KEY, "run 2");

    assertThat(taken.token()).isGreaterThan(old.token());
    assertThat(claims.renew(old, TTL)).isFalse();
    assertThat(claims.isCurrent(old)).isFalse();
    claims.release(old);
    assertThat(claims.isCurrent(taken)).isTrue();
  }

  @Test
  void renew_inTime_prolongs() {
    Claim claim = granted(KEY, "run 1");
    for (int i = 0; i < 5; i++) {
      time.advance(Duration.ofSeconds(9));
      assertThat(claims.renew(claim, TTL)).isTrue();
    }

    assertThat(claims.isCurrent(claim)).isTrue();
  }

  @Test
  void renew_lateButNobodyTookIt_countsAgain() {
    Claim claim = granted(KEY, "run 1");
    time.advance(TTL.plusSeconds(1));

    assertThat(claims.renew(claim, TTL)).isTrue();
    assertThat(claims.isCurrent(claim)).isTrue();
  }

  @Test
  void whenFree_keyIsFree_wakesAtOnce() {
    wait(KEY, "a");

    assertThat(woken).containsExactly("a");
  }

  @Test
  void whenFree_released_wakesAllOnce() {
    Claim claim = granted(KEY, "run 1");
    wait(KEY, "a");
    wait(KEY, "b");
    assertThat(woken).isEmpty();

    claims.release(claim);
    claims.release(claim);

    assertThat(woken).containsExactly("a", "b");
    assertThat(time.alarms()).isZero();
  }

  @Test
  @Shows("Flyte 17")
  void whenFree_ownerDies_wakesWhenTheClaimRunsOut() {
    granted(KEY, "run 1");
    wait(KEY, "a");
    time.advance(TTL.minusNanos(1));
    assertThat(woken).isEmpty();

    time.advance(Duration.ofNanos(1));

    assertThat(woken).containsExactly("a");
  }

  @Test
  void whenFree_ownerRenews_goesOnWaitingUntilTheNewEnd() {
    Claim claim = granted(KEY, "run 1");
    wait(KEY, "a");
    time.advance(Duration.ofSeconds(9));
    claims.renew(claim, TTL);

    time.advance(Duration.ofSeconds(9));
    assertThat(woken).isEmpty();
    time.advance(Duration.ofSeconds(1));

    assertThat(woken).containsExactly("a");
  }

  @Test
  void whenFree_waitingEnded_wakesNobody() {
    Claim claim = granted(KEY, "run 1");
    Waiting waiting = wait(KEY, "a");
    waiting.close();
    waiting.close();

    claims.release(claim);

    assertThat(woken).isEmpty();
  }

  @Test
  void ended_countsClaimsReleasedTakenOverAndRunOut() {
    Claim released = granted(KEY, "run 1");
    assertThat(claims.ended()).isZero();
    assertThat(claims.release(released)).isTrue();
    assertThat(claims.release(released)).isFalse();
    assertThat(claims.ended()).isEqualTo(1);

    Claim late = granted(KEY, "run 1");
    time.advance(TTL);
    assertThat(claims.ended()).as("run out, and nobody wants the key").isEqualTo(1);
    granted(KEY, "run 2");
    assertThat(claims.ended()).isEqualTo(2);
    assertThat(claims.release(late)).isFalse();
    assertThat(claims.ended()).isEqualTo(2);

    wait(KEY, "a");
    time.advance(TTL);
    assertThat(woken).containsExactly("a");
    assertThat(claims.ended()).isEqualTo(3);
  }

  @Test
  @Shows("Flyte 17")
  void wake_mayClaimAtOnce() {
    Claim first = granted(KEY, "run 1");
    List<Outcome> outcomes = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      claims.whenFree(KEY, () -> outcomes.add(claims.claim(KEY, name, TTL)));
    }

    claims.release(first);

    assertThat(outcomes.get(0)).isInstanceOf(Outcome.Granted.class);
    assertThat(outcomes.get(1))
        .isEqualTo(new Outcome.Held(((Outcome.Granted) outcomes.get(0)).claim()));
  }

  @Test
  void claim_manyThreads_oneHolderAtATimeAndNobodyWaitsForEver() throws Exception {
    int threads = 4;
    int rounds = 2_000;
    int keys = 3;
    AtomicInteger[] inside = new AtomicInteger[keys];
    for (int i = 0; i < keys; i++) {
      inside[i] = new AtomicInteger();
    }
    AtomicInteger overlaps = new AtomicInteger();
    ConcurrentHashMap<Integer, AtomicLong> lastToken = new ConcurrentHashMap<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (ThreadAlarms alarms = new ThreadAlarms("claims-test")) {
      InProcessClaims shared = new InProcessClaims(Ticker.system(), alarms);
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Random random = new Random(t);
        String owner = "run " + t;
        done.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    int key = random.nextInt(keys);
                    Claim claim = claimWaiting(shared, Samples.content(key), owner);
                    if (inside[key].incrementAndGet() != 1) {
                      overlaps.incrementAndGet();
                    }
                    long before =
                        lastToken
                            .computeIfAbsent(key, any -> new AtomicLong())
                            .getAndSet(claim.token());
                    if (before >= claim.token() || !shared.isCurrent(claim)) {
                      overlaps.incrementAndGet();
                    }
                    inside[key].decrementAndGet();
                    shared.release(claim);
                  }
                  return null;
                }));
      }
      for (Future<?> thread : done) {
        thread.get(50, TimeUnit.SECONDS);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(overlaps).hasValue(0);
  }

  private static Claim claimWaiting(Claims claims, Fingerprint key, String owner)
      throws InterruptedException {
    while (true) {
      Outcome outcome = claims.claim(key, owner, Duration.ofMinutes(5));
      if (outcome instanceof Outcome.Granted granted) {
        return granted.claim();
      }
      CountDownLatch free = new CountDownLatch(1);
      try (@SuppressWarnings("unused")
          Waiting waiting = claims.whenFree(key, free::countDown)) {
        if (!free.await(30, TimeUnit.SECONDS)) {
          throw new AssertionError(owner + " was never woken");
        }
      }
    }
  }

  private Claim granted(Fingerprint key, String owner) {
    return ((Outcome.Granted) claims.claim(key, owner, TTL)).claim();
  }

  private Waiting wait(Fingerprint key, String name) {
    return claims.whenFree(key, () -> woken.add(name));
  }
}
