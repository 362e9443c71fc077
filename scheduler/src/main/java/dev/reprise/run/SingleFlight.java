package dev.reprise.run;

import dev.reprise.cache.claim.Claims;
import dev.reprise.cache.claim.Claims.Claim;
import dev.reprise.cache.claim.Claims.Outcome;
import dev.reprise.cache.claim.Claims.Waiting;
import dev.reprise.cache.claim.Lease;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets equal units run once: those of one run follow the first of them, those of other runs wait
 * until its claim is free. Belongs to the run's one thread; {@code wake} is called from any.
 */
final class SingleFlight {
  private final Claims claims;
  private final Lease lease;
  private final String owner;
  private final IntConsumer wake;
  private final Map<Fingerprint, Integer> leaders = new HashMap<>();
  private final Map<Integer, List<Integer>> followers = new HashMap<>();
  private final Map<Integer, Integer> follows = new HashMap<>();
  private final Map<Integer, Claim> held = new HashMap<>();
  private final Map<Integer, Fingerprint> here = new HashMap<>();
  private final Map<Integer, Wait> waiting = new HashMap<>();
  private final BitSet alone = new BitSet();
  private final BitSet madeByOther = new BitSet();
  private final long endedBefore;
  private long endedHere;

  /** The keys that this run let go of. */
  private final SeenKeys letGo = new SeenKeys();

  private record Wait(Waiting end, Claim on) {}

  /** Whether a unit may run, and who runs in its place. */
  enum Turn {
    /** It may. */
    LEAD,
    /** Another unit of this run does. */
    FOLLOW,
    /** Another run does. */
    WAIT
  }

  SingleFlight(Claims claims, String owner, IntConsumer wake) {
    this.claims = claims;
    this.lease = claims.lease();
    this.owner = owner;
    this.wake = wake;
    this.endedBefore = claims.ended();
  }

  /** Asks for the turn of a unit with this key. A unit that leads already leads again. */
  Turn enter(int unit, Fingerprint key) {
    Integer leader = leaders.get(key);
    if (leader != null) {
      if (leader == unit) {
        return Turn.LEAD;
      }
      follow(unit, leader);
      return Turn.FOLLOW;
    }
    Outcome outcome = claims.claim(key, owner, lease.length());
    if (outcome instanceof Outcome.Held by) {
      waiting.put(unit, new Wait(claims.whenFree(key, () -> wake.accept(unit)), by.by()));
      return Turn.WAIT;
    }
    leaders.put(key, unit);
    held.put(unit, ((Outcome.Granted) outcome).claim());
    return Turn.LEAD;
  }

  /** The unit that leads by this key already; null if none does, or it is {@code unit} itself. */
  @Nullable Integer leaderHere(int unit, Fingerprint key) {
    Integer leader = leaders.get(key);
    return leader == null || leader == unit ? null : leader;
  }

  /** Lets the unit lead others of this run by a key that other runs know nothing of. */
  void leadHere(int unit, Fingerprint key) {
    leaders.put(key, unit);
    here.put(unit, key);
  }

  /** Lets the unit, which has no turn, follow another. */
  void follow(int unit, int leader) {
    followers.computeIfAbsent(leader, any -> new ArrayList<>()).add(unit);
    follows.put(unit, leader);
  }

  /**
   * Whether another run has let go of any key since this one began: what this one did not find may
   * be there by now.
   */
  boolean othersLetGo() {
    return claims.ended() - endedBefore > endedHere;
  }

  /** Whether this run has let go of the key; may be true of one of which it has not. */
  boolean mayHaveLetGo(Fingerprint key) {
    return letGo.mayHave(key);
  }

  /** Says that nobody can have made what the unit's key stands for since it was looked up. */
  void alone(int unit) {
    alone.set(unit);
  }

  /** Whether nobody can have made what the unit's key stands for since it was looked up. */
  boolean isAlone(int unit) {
    return alone.get(unit);
  }

  /** The claim under which a unit runs, or null. */
  @Nullable Claim claim(int unit) {
    return held.get(unit);
  }

  /** Whether any unit waits for another run. */
  boolean waits() {
    return !waiting.isEmpty();
  }

  /** Who computes what the unit waits for, for people; empty if it does not wait. */
  String waitsFor(int unit) {
    Wait wait = waiting.get(unit);
    return wait == null ? "" : wait.on().owner();
  }

  /** Says that the unit no longer waits for another run. */
  void woken(int unit) {
    Wait wait = waiting.remove(unit);
    if (wait != null) {
      madeByOther.set(unit, wait.end().made());
      wait.end().close();
    }
  }

  /** Whether what the unit waited for last was made, kept or not. */
  boolean wasMade(int unit) {
    return madeByOther.get(unit);
  }

  /**
   * Ends the turn of a unit, whatever came of it; one that follows another follows it no longer.
   *
   * @return the units that followed it, in the order in which they came
   */
  List<Integer> leave(int unit) {
    return leave(unit, false);
  }

  /** Ends the turn of a unit that has a result, kept or not, as {@link #leave}. */
  List<Integer> leaveMade(int unit) {
    return leave(unit, true);
  }

  private List<Integer> leave(int unit, boolean made) {
    Integer leader = follows.remove(unit);
    if (leader != null) {
      followers.getOrDefault(leader, new ArrayList<>()).remove((Object) unit);
    }
    alone.clear(unit);
    Fingerprint led = here.remove(unit);
    Claim claim = held.remove(unit);
    if (claim == null && led == null) {
      return List.of();
    }
    if (led != null) {
      leaders.remove(led);
    }
    if (claim != null) {
      leaders.remove(claim.key());
      if (made ? claims.releaseMade(claim) : claims.release(claim)) {
        endedHere++;
      }
      letGo.add(claim.key());
    }
    List<Integer> followed = followers.remove(unit);
    if (followed == null) {
      return List.of();
    }
    followed.forEach(follows::remove);
    return followed;
  }

  /** After how long the claims that are held are to be prolonged. */
  Duration heartbeat() {
    return lease.heartbeat();
  }

  /** Prolongs every claim that is held. */
  void renew() {
    held.values().forEach(claim -> claims.renew(claim, lease.length()));
  }

  /** Ends every turn and every wait. */
  void close() {
    List.copyOf(held.keySet()).forEach(this::leave);
    List.copyOf(here.keySet()).forEach(this::leave);
    List.copyOf(waiting.keySet()).forEach(this::woken);
  }
}
