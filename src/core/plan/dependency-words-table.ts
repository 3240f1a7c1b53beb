/** The words of one language, as sources of patterns; no word in two lists. A new language is one more row. */
interface DependencyWords {
  /** ISO 639-1. */
  readonly language: string;
  /** What follows holds this issue. */
  readonly blockedBy: readonly string[];
  /** The same, in words that as often name tools and conditions. */
  readonly needs: readonly string[];
  /** This issue holds what follows. */
  readonly blocks: readonly string[];
  /** Worth knowing, holds nothing. */
  readonly related: readonly string[];
  readonly parent: readonly string[];
  readonly none: readonly string[];
  /** A heading or label over a list or chain that is worked through from first to last. */
  readonly order: readonly string[];
}

const ORDERED_WORK = String.raw`(?:execution|implementation|merg(?:e|ing)|landing|land|build|delivery|dispatch|work|dependency|development|rollout|release|processing|review)`;

const ENGLISH: DependencyWords = {
  language: "en",
  blockedBy: [
    String.raw`depend(?:s|ent|ant|ing)?[\s_-]*(?:up)?on(?!\s+by)`,
    String.raw`(?:(?:hard|blocking|issue|task|open|direct|strict|internal|cross-repo|upstream|active)\s+)?(?:dependenc(?:y|ies)(?!\s+(?:for|of))(?:\s+on)?|deps?)`,
    String.raw`depends(?=\s*[:：])`,
    String.raw`pending(?=\s+(?:prs?\s+)?#\d)`,
    String.raw`do\s+(?:this\s+)?after`,
    String.raw`blocked[\s_-]*(?:by|on|until|behind)`,
    String.raw`(?:waits?|waiting)[\s_-]+(?:by|on|for|until)`,
    String.raw`await(?:s|ing)?`,
    String.raw`(?:current\s+|hard\s+|open\s+)?blockers?(?!\s+(?:for|of))`,
    String.raw`stacked[\s_-]+(?:on(?:\s+top\s+of)?|atop)`,
    String.raw`buil(?:ds|t)[\s_-]+(?:up)?on(?:\s+top\s+of)?`,
    String.raw`(?:gated|held|parked)[\s_-]+(?:by|on|behind|until)`,
    String.raw`on\s+hold\s+(?:for|until|pending)`,
    String.raw`(?:must|should|to)\s+(?:be\s+)?(?:come|land|merged?|started?|done|follow)\s+after`,
    String.raw`(?:merge|land|start|come)s?\s+after`,
    String.raw`predecessors?`,
    String.raw`preceded\s+by`,
  ],
  needs: [
    String.raw`requires?`,
    String.raw`needs?`,
    String.raw`after`,
    String.raw`(?:(?:hard|active|open)\s+)?(?:pre-?requisites?|prereqs?|preconditions?)(?!\s+(?:for|of|to)\b)`,
  ],
  blocks: [
    String.raw`(?:un)?block(?:s|ing)`,
    String.raw`(?:needed|required)[\s_-]+(?:by|for)`,
    String.raw`(?:an?\s+)?(?:hard\s+)?(?:pre-?requisite|prereq|precondition|dependency|blocker)\s+(?:for|of|to)`,
    String.raw`depended[\s_-]+(?:up)?on[\s_-]+by`,
    String.raw`(?:dependents?|downstream)(?:\s+issues?)?`,
    String.raw`enables`,
    String.raw`unlocks`,
    String.raw`gates`,
    String.raw`precedes`,
    String.raw`followed\s+by`,
    String.raw`must\s+(?:be\s+)?(?:land|merged?|done|ship)\s+before`,
  ],
  related: [
    String.raw`related(?:\s+(?:to|issues?|work))?`,
    String.raw`relates\s+to`,
    String.raw`see(?:\s+also)?`,
    String.raw`soft[\s_-]+(?:dependenc(?:y|ies)(?:\s+on)?|depends\s+on|blocked\s+by|blockers?)`,
    String.raw`optional\s+dependenc(?:y|ies)`,
  ],
  parent: [
    String.raw`parent(?:\s+(?:issue|epic|tracker|tracking\s+issue|task|story|prd|map|feature|ticket|initiative))?`,
    String.raw`(?:a\s+)?part\s+of`,
    String.raw`epic`,
    String.raw`(?:a\s+)?(?:sub-?(?:issue|task)|child(?:\s+(?:issue|task))?)\s+of`,
    String.raw`belongs\s+to`,
    String.raw`tracked\s+(?:by|in|under)`,
    String.raw`(?:tracking|umbrella|master|meta)(?:\s+(?:issue|epic|tracker|ticket|sequence))?`,
    String.raw`roll-?up(?:\s+tracker)?`,
  ],
  none: [
    String.raw`none(?!\s+of)(?=\W|$).*`,
    String.raw`n\/?a`,
    String.raw`not\s+applicable`,
    String.raw`nothing(?:\s+blocking)?`,
    String.raw`nil`,
    String.raw`null`,
    String.raw`no`,
    String.raw`no\s+response`,
    String.raw`no\s+(?:\w+\s+)?(?:dependenc(?:y|ies)|blockers?|pre-?requisites?)(?!\s+(?:than|except|but)).*`,
    String.raw`not\s+blocked`,
    String.raw`unblocked`,
    String.raw`independent`,
    String.raw`can\s+start\s+(?:immediately|now|at\s+once)`,
  ],
  order: [
    String.raw`${ORDERED_WORK}\s+(?:order(?:ing)?|sequence|chain)`,
    String.raw`(?:order|sequence)(?:\s+of\s+(?:execution|operations|implementation|work|merging|landing))?`,
    String.raw`dependency\s+(?:graph|map)|chain`,
    String.raw`critical\s+path`,
    String.raw`(?:hard\s+orders?|sequencing)`,
  ],
};

const EUROPEAN: readonly DependencyWords[] = [
  {
    language: "de",
    blockedBy: [
      String.raw`(?:ist\s+)?abh(?:ä|ae)ngig\s+von`,
      String.raw`h(?:ä|ae)ngt\s+ab\s+von`,
      String.raw`abh(?:ä|ae)ngigkeit(?:en)?`,
      String.raw`blockiert\s+(?:durch|von)`,
      String.raw`wartet\s+auf`,
    ],
    needs: ["setzt voraus", "voraussetzung(?:en)?", "ben(?:ö|oe)tigt"],
    blocks: [String.raw`blockiert(?!\s+(?:durch|von))`, String.raw`voraussetzung\s+f(?:ü|ue)r`],
    related: [String.raw`siehe(?:\s+auch)?`, "verwandt(?:e issues)?"],
    parent: ["teil von", "geh(?:ö|oe)rt zu", "(?:ü|ue)bergeordnet(?:es issue)?"],
    none: ["keine?r?", "nichts"],
    order: ["reihenfolge", "umsetzungsreihenfolge"],
  },
  {
    language: "fr",
    blockedBy: ["d(?:é|e)pend de", "d(?:é|e)pendances?", "bloqu(?:é|e)e? par", "en attente d[eu]"],
    needs: ["pr(?:é|e)requis", "n(?:é|e)cessite"],
    blocks: ["d?(?:é)?bloque"],
    related: ["voir(?: aussi)?", "li(?:é|e)e? (?:à|a)"],
    parent: ["fait partie d[eu]", "(?:issue|ticket) parente?"],
    none: ["aucune?", "n(?:é|e)ant"],
    order: ["ordre d['’]ex(?:é|e)cution"],
  },
  {
    language: "es",
    blockedBy: ["depende de", "dependencias?", "bloquead[oa] por", "a la espera de"],
    needs: ["requiere", "prerrequisitos?", "requisitos previos"],
    blocks: ["(?:des)?bloquea"],
    related: ["ver tambi(?:é|e)n", "relacionado con"],
    parent: ["(?:es )?parte de(?: la)?(?: (?:é|e)pica)?"],
    none: ["ningun[oa]", "nada"],
    order: ["orden de ejecuci(?:ó|o)n"],
  },
  {
    language: "pt",
    blockedBy: ["depend(?:ê|e)ncias?", "aguardando"],
    needs: ["requer", "pr(?:é|e)-requisitos?"],
    blocks: ["(?:des)?bloqueia"],
    related: ["veja tamb(?:é|e)m", "relacionad[oa](?: com)?"],
    parent: ["parte d[ao](?: (?:é|e)pic[ao]?)?"],
    none: ["nenhum(?:a)?"],
    order: ["ordem de execu(?:ç|c)(?:ã|a)o"],
  },
  {
    language: "it",
    blockedBy: ["dipende da(?:l|lla)?", "dipendenz[ae]", "bloccat[oa] da", "in attesa di"],
    needs: ["richiede", "prerequisiti"],
    blocks: ["(?:s)?blocca"],
    related: ["vedi(?: anche)?"],
    parent: ["parte di"],
    none: ["nessun[oa]?"],
    order: ["ordine di esecuzione"],
  },
  {
    language: "nl",
    blockedBy: ["afhankelijk van", "afhankelijkhe(?:id|den)", "geblokkeerd door", "wacht op"],
    needs: ["vereist"],
    blocks: ["(?:de)?blokkeert"],
    related: ["zie(?: ook)?"],
    parent: ["onderdeel van"],
    none: ["geen"],
    order: ["volgorde"],
  },
  {
    language: "pl",
    blockedBy: ["zale(?:ż|z)y od", "zale(?:ż|z)no(?:ś|s)ci", "zablokowan[eyao] przez", "czeka na"],
    needs: ["wymaga"],
    blocks: ["(?:od)?blokuje"],
    related: ["zobacz(?: te(?:ż|z))?"],
    parent: ["cz(?:ę|e)(?:ś|s)(?:ć|c)"],
    none: ["brak"],
    order: ["kolejno(?:ś|s)(?:ć|c)"],
  },
  {
    language: "ru",
    blockedBy: ["зависит от", "зависимост[ьи]", "заблокирован[оаы]?", "блокируется", "жд[её]т"],
    needs: ["требует(?:ся)?"],
    blocks: ["(?:раз)?блокирует"],
    related: ["связано с", "см\\.?(?: также)?"],
    parent: ["часть", "родитель(?:ская задача)?"],
    none: ["нет"],
    order: ["порядок(?: выполнения)?"],
  },
];

const EAST_ASIAN: readonly DependencyWords[] = [
  {
    language: "zh",
    blockedBy: [
      "依[赖賴](?:于|於|项|項|关系|關係|任务|任務|\\s*issue)?",
      "前置(?:依[赖賴]|任务|任務|条件|條件|\\s*issue)?",
      "被?阻[塞挡擋](?:于|於)",
      "等待",
    ],
    needs: ["需要"],
    blocks: ["解除阻塞", "后续(?:任务)?"],
    related: ["相关(?:\\s*issue)?", "参见", "参考"],
    parent: ["父(?:任务|级|\\s*issue)", "所属(?:\\s*epic)?", "属于"],
    none: ["无", "無", "没有"],
    order: ["执行顺序", "實作順序", "顺序"],
  },
  {
    language: "ja",
    blockedBy: [
      "依存(?:関係|先|するサブイシュー|タスク|\\s*issue)?",
      "前提(?:条件|タスク|\\s*issue)?",
      "先行(?:タスク|\\s*issue)",
      "ブロック元",
    ],
    needs: ["必要"],
    blocks: ["ブロック先"],
    related: ["関連(?:\\s*issue)?"],
    parent: ["親(?:タスク|イシュー|\\s*epic|\\s*issue)?"],
    none: ["なし", "無し"],
    order: ["実施順序", "実装順序"],
  },
  {
    language: "ko",
    blockedBy: [
      "의존(?:성|관계|\\s*이슈)?",
      "선행(?:\\s*(?:조건|이슈|작업|관계))?",
      "차단\\s*이슈",
    ],
    needs: ["필요"],
    blocks: ["후행(?:\\s*(?:이슈|작업))?"],
    related: ["관련(?:\\s*이슈)?"],
    parent: ["상위\\s*(?:이슈|에픽)?", "부모\\s*이슈"],
    none: ["없음"],
    order: ["구현\\s*순서", "실행\\s*순서"],
  },
];

type WordList = Exclude<keyof DependencyWords, "language">;

/** One alternation of the words of all languages. */
export function wordsOf(list: WordList): string {
  return [ENGLISH, ...EUROPEAN, ...EAST_ASIAN].flatMap((words) => words[list]).join("|");
}
