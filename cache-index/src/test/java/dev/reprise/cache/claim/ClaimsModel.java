package dev.reprise.cache.claim;

/** What {@link Claims} promise of one key, for one caller at a time. */
public class ClaimsModel {
  /** The last claim of each run; 0 for none. */
  private final long[] own = new long[ClaimsOperations.RUNS.length];

  private long lastToken;
  private long ended;

  /** The claim that counts; 0 for none. */
  private long current;

  private boolean ranOut;
  private boolean awaited;

  public String claim(int me) {
    if (current != 0 && !ranOut) {
      return "held as " + current;
    }
    if (current != 0) {
      ended++;
    }
    current = ++lastToken;
    ranOut = false;
    own[ClaimsOperations.RUNS[me]] = current;
    return "has " + current;
  }

  public boolean renew(int me) {
    if (!isCurrent(me)) {
      return false;
    }
    ranOut = false;
    return true;
  }

  public boolean isCurrent(int me) {
    long last = own[ClaimsOperations.RUNS[me]];
    return last != 0 && last == current;
  }

  public boolean release(int me) {
    if (!isCurrent(me)) {
      return false;
    }
    end();
    return true;
  }

  private void end() {
    current = 0;
    awaited = false;
    ended++;
  }

  public void await(int me) {
    awaited |= current != 0 && !ranOut;
  }

  public long holder() {
    return ranOut ? 0 : current;
  }

  public long ended() {
    return ended;
  }

  public void move() {
    ranOut = true;
  }

  public void ring() {
    if (current != 0 && ranOut && awaited) {
      end();
    }
  }
}
