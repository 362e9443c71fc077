package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Reads one method with all that the compiler made for it, and gives every class and member the
 * name under which the digest knows it.
 *
 * <p>A name that a person wrote stands for itself. A name that the compiler made up says where a
 * thing stands in the source; it changes when an unrelated lambda or class is written above. So
 * such a name is replaced by what it stands for:
 *
 * <ul>
 *   <li>A made-up method ({@code lambda$late$3}, {@code access$000}, {@code $values}) by the digest
 *       of its body, wherever it is mentioned. The one that is being read just now, by its depth.
 *   <li>An anonymous or local class by {@code #n}, the n-th such class that this part mentions; the
 *       first mention is followed by the digest of the whole class. Two of equal content stay
 *       apart.
 *   <li>A captured variable of such a class ({@code val$minutes}) by its place among them.
 * </ul>
 *
 * <p>One reader serves one part, since what {@code #n} means is the part's own affair.
 */
final class PartReader implements Naming {
  /** Bodies nested deeper than this are parts of their own, so that no stack overflows. */
  private static final int DEEPEST = 50;

  private static final String CAPTURED = "val$";

  private static final int METHOD_FLAGS =
      Opcodes.ACC_STATIC
          | Opcodes.ACC_SYNCHRONIZED
          | Opcodes.ACC_NATIVE
          | Opcodes.ACC_ABSTRACT
          | Opcodes.ACC_STRICT;

  private final ClassFiles classes;
  private final Zones zones;
  private final UseCollector uses;
  private final Map<String, String> numbered = new HashMap<>();
  private final Map<Member, String> made = new HashMap<>();
  private final List<Member> open = new ArrayList<>();

  private PartReader(ClassFiles classes, Zones zones) {
    this.classes = classes;
    this.zones = zones;
    this.uses = new UseCollector(zones, this::isMade);
  }

  /** Reads a method of {@code owner}. */
  static Summary read(ClassFiles classes, Zones zones, ClassFile owner, MethodNode method) {
    PartReader reader = new PartReader(classes, zones);
    Hasher hasher = Hasher.of("reprise/code/method");
    if (owner.isNumbered()) {
      // A task in an anonymous class: no other part holds the class, so this one does.
      hasher.putString(reader.type(owner.name())).putString(method.name);
    }
    reader.body(method, hasher);
    return reader.uses.summary(hasher.finish());
  }

  /** Reads a whole class without a name of its own. */
  static Summary read(ClassFiles classes, Zones zones, ClassFile file) {
    PartReader reader = new PartReader(classes, zones);
    Hasher hasher = Hasher.of("reprise/code/nameless").putString(reader.type(file.name()));
    return reader.uses.summary(hasher.finish());
  }

  UseCollector uses() {
    return uses;
  }

  /** The class of a name if it is own code and there; records that it was looked for. */
  @Nullable ClassFile own(String className) {
    if (className.startsWith("[") || !zones.isOwn(className)) {
      return null;
    }
    uses.consult(className);
    return classes.find(className);
  }

  @Override
  public String type(String name) {
    if (name.startsWith("[")) {
      return descriptor(name);
    }
    ClassFile file = ClassFile.mayBeNumbered(name) ? own(name) : null;
    if (file == null || !file.isNumbered()) {
      return name;
    }
    String known = numbered.get(name);
    if (known != null) {
      return known;
    }
    String number = "#" + numbered.size();
    numbered.put(name, number);
    uses.create(name);
    return number + "=" + content(file);
  }

  @Override
  public String descriptor(String descriptor) {
    if (!ClassFile.mayBeNumbered(descriptor)) {
      return descriptor;
    }
    StringBuilder written = new StringBuilder();
    for (int at = 0; at < descriptor.length(); at++) {
      char next = descriptor.charAt(at);
      written.append(next);
      if (next == 'L') {
        int end = descriptor.indexOf(';', at);
        written.append(type(descriptor.substring(at + 1, end))).append(';');
        at = end;
      }
    }
    return written.toString();
  }

  /** A field as the digest names it, with its owner and type. */
  String field(Member field) {
    ClassFile owner = ClassFile.mayBeNumbered(field.owner()) ? own(field.owner()) : null;
    String name =
        owner != null && owner.isNumbered() ? capturedName(owner, field.name()) : field.name();
    return type(field.owner()) + "." + name + ":" + descriptor(field.descriptor());
  }

  /** A method as the digest names it: by its body if the compiler made it. */
  String method(Member method) {
    ClassFile owner = own(method.owner());
    MethodNode found = owner == null ? null : owner.method(method);
    if (owner != null && found != null && ClassFile.isMade(found)) {
      return made(found, method);
    }
    return named(method);
  }

  /** Whether the digest holds the body of a method, so that it is no part of its own. */
  private boolean isMade(Member method) {
    return made.containsKey(method) || open.contains(method);
  }

  private String named(Member method) {
    return type(method.owner()) + "." + method.name() + descriptor(method.descriptor());
  }

  private String made(MethodNode method, Member name) {
    String known = made.get(name);
    if (known != null) {
      return known;
    }
    int depth = open.indexOf(name);
    if (depth >= 0) {
      return "~" + depth;
    }
    if (open.size() == DEEPEST) {
      return named(name);
    }
    open.add(name);
    Hasher hasher = Hasher.of("reprise/code/made");
    body(method, hasher);
    open.remove(open.size() - 1);
    String digest = "~" + hasher.finish();
    made.put(name, digest);
    return digest;
  }

  private void body(MethodNode method, Hasher to) {
    if (ClassFile.has(method, Opcodes.ACC_NATIVE)) {
      uses.hide(Blind.NATIVE, "is native");
    }
    to.putLong(method.access & METHOD_FLAGS).putString(ClassFile.reach(method).name());
    to.putString(descriptor(written(method)));
    new CodeWriter(this, method, to).write();
  }

  /**
   * The descriptor of a method as it was written. A private constructor that a nested class calls
   * has, before Java 11, one that the compiler made beside it, told apart by a parameter of
   * whatever numbered class was at hand.
   */
  private static String written(MethodNode method) {
    if (!ClassFile.isMade(method) || !method.name.equals("<init>")) {
      return method.desc;
    }
    Type[] parameters = Type.getArgumentTypes(method.desc);
    return Type.getMethodDescriptor(
        Type.VOID_TYPE, Arrays.copyOf(parameters, Math.max(0, parameters.length - 1)));
  }

  /** The digest of a class that has no name of its own, with all its methods. */
  private Fingerprint content(ClassFile file) {
    Hasher hasher = Hasher.of("reprise/code/class");
    ClassShape.write(file, this, hasher);
    if (zones.of(String.valueOf(file.node().superName)) != Zone.PLATFORM) {
      SignatureTypes.ofSuperclass(file).forEach(each -> hasher.putString(type(each)));
    }
    List<FieldNode> fields = new ArrayList<>(file.node().fields);
    fields.sort(Comparator.comparing(field -> capturedName(file, field.name) + field.desc));
    for (FieldNode field : fields) {
      hasher.putString(capturedName(file, field.name)).putString(descriptor(field.desc));
      ClassShape.write(field, hasher);
    }
    for (MethodNode method : new TreeMap<>(file.methods()).values()) {
      if (!ClassFile.isMade(method)) {
        hasher.putString(method.name);
        body(method, hasher);
      }
    }
    return hasher.finish();
  }

  private static String capturedName(ClassFile owner, String field) {
    if (!field.startsWith(CAPTURED)) {
      return field;
    }
    int place = 0;
    for (FieldNode each : owner.node().fields) {
      if (each.name.equals(field)) {
        break;
      }
      place += each.name.startsWith(CAPTURED) ? 1 : 0;
    }
    return CAPTURED + place;
  }
}
