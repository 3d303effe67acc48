"""The ONE table of actions: menus, keys, buttons, the F1 sheet and the guide are made from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labelmend_desktop import when
from labelmend_desktop.when import Context, Situation, contexts

_SWITCH = "(File › Who is working)"
LEAD_ONLY = f"Only the lead does this {_SWITCH}."
TEACHERS_ONLY = f"Only lead and expert add pictures {_SWITCH}."
OTHERS_QUEUE = f"This queue is for somebody else {_SWITCH}."
LOOKS_ON = f"The lead looks on and changes no label {_SWITCH}."
READ_ONLY = "The history was altered outside Labelmend: this project is for reading only."
MENUS = ("File", "Edit", "Issue", "Draw", "View", "Help")


@dataclass(frozen=True)
class Action:
    """One thing a user can do.

    ``name`` is also the name of its verb. ``keys`` are Qt's portable names. With ``keyed`` the verb is told
    which key (its place in ``keys``); with ``hold`` it is called with True at the press and False at the
    release; with ``flag`` it is a switch that shows the session's attribute of that name, with ``tool`` it
    takes that tool of canvas/tools.py, and shows whether it is in hand. ``lead_only``: nobody else may.
    ``submenu`` is the menu within its menu that it is in.
    """

    name: str
    text: str
    tip: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    menu: str = ""
    context: Context = "always"
    enabled: Callable[[Situation], bool] = when.project
    keyed: bool = False
    hold: bool = False
    flag: str = ""
    tool: str = ""
    lead_only: bool = False
    shown_keys: str = ""
    starts_group: bool = False
    submenu: str = ""


ACTIONS: tuple[Action, ...] = (
    # File
    Action("new_project", "New project…", "Make a project from a COCO file, its pictures and detections.",
           ("Ctrl+N",), "mdi6.plus-box-outline", "File", enabled=when.idle),
    Action("open_project", "Open…", "Open a Labelmend project.",
           ("Ctrl+O",), "mdi6.folder-outline", "File", enabled=when.idle),
    Action("open_sample", "Open sample project", "Try everything on a small drawn dataset.",
           (), "mdi6.image-multiple-outline", "File", enabled=when.idle),
    Action("find_issues", "Find errors…", "Compare annotations and detections; list what looks wrong.",
           ("Ctrl+F",), "mdi6.magnify-scan", "File", enabled=when.idle_project, starts_group=True),
    Action("check_scores", "Check the scores", "List fifty that, judged first, set all scores right.",
           ("Ctrl+Shift+F",), "mdi6.target", "File", enabled=when.idle_project),
    Action("add_detections", "Choose detections…", "Take the results of models, in place of those before.",
           (), "mdi6.layers-plus", "File", enabled=when.idle_project),
    Action("find_pictures", "Folder of the pictures…", "Choose the folder that the pictures are in now.",
           (), "mdi6.folder-image", "File", enabled=when.idle_project),
    Action("turn_pictures", "Turn pictures by EXIF",
           "Where a picture's size does not tell, show it turned as its file says, or as stored.",
           (), "mdi6.rotate-right-variant", "File", enabled=when.idle_project),
    Action("review_rules", "Rules of review…",
           "Set the reasons that a reviewer chooses from, and how much is looked at twice.",
           (), "mdi6.scale-balance", "File", enabled=when.idle_project, lead_only=True),
    Action("draw_sample", "Draw review sample…", "Choose at random what a second person looks at.",
           (), "mdi6.dice-5-outline", "File", enabled=when.idle_project, lead_only=True),
    Action("instructions", "Instructions…", "Read, or as the lead write, how each class is labelled.",
           ("Ctrl+I",), "mdi6.book-open-page-variant-outline", "File"),
    Action("share", "Share a part…", "Write some images and all about them as a file for somebody else.",
           (), "mdi6.account-arrow-right-outline", "File", enabled=when.idle_project, starts_group=True),
    Action("merge", "Merge…", "Take in what somebody did in a part that was shared; or drop it here.",
           (), "mdi6.source-merge", "File", enabled=when.idle_project),
    Action("export", "Export…", "Write the corrected COCO file; everything untouched keeps its bytes.",
           ("Ctrl+E",), "mdi6.export", "File", enabled=when.idle_project, starts_group=True),
    Action("write_report", "Write report…",
           "Write one page that shows how the labels were checked and what was changed.",
           ("Ctrl+Shift+E",), "mdi6.file-chart-outline", "File", enabled=when.idle_project),
    Action("switch_person", "Who is working…", "Say who is working now, and as what.",
           (), "mdi6.account-switch-outline", "File", enabled=when.idle_project, starts_group=True),
    Action("close_project", "Close project", "Close the project; everything is saved already.",
           ("Ctrl+W",), "mdi6.close", "File", enabled=when.idle_project),
    Action("save", "Save", "Nothing to do: every step is saved as it is done.",
           ("Ctrl+S",), "mdi6.content-save-check-outline", ""),
    Action("quit", "Quit", "Leave Labelmend; everything is saved already.",
           ("Ctrl+Q",), "mdi6.exit-to-app", "File", enabled=when.always, starts_group=True),
    # Edit
    Action("undo", "Undo", "Take the last step back, also after a restart.",
           ("Z", "Ctrl+Z"), "mdi6.undo", "Edit", enabled=when.undo),
    Action("redo", "Redo", "Do again what was taken back.",
           ("Shift+Z", "Ctrl+Y", "Ctrl+Shift+Z"), "mdi6.redo", "Edit", enabled=when.redo),
    Action("edit", "Edit the shape",
           "Drag corners, edges, vertices (Shift picks several, Alt and a click removes), again: its box; "
           "a suggested new label before it is added; of a mask take the brush, again: the eraser.",
           ("E",), "mdi6.pencil-outline", "Edit", enabled=when.project, starts_group=True),
    Action("choose_class", "Change class…",
           "Choose another class at the cursor, by its number or some letters of its name.",
           ("C",), "mdi6.tag-outline", "Edit", enabled=when.has_class),
    Action("likely_class", "One of the likely classes", "Give the label one of the classes listed beside it.",
           tuple("123456789"), "mdi6.numeric", "", enabled=when.has_class, keyed=True, shown_keys="1 – 9"),
    Action("delete", "Delete the label", "Remove the selected label.",
           ("Del", "Backspace"), "mdi6.delete-outline", "Edit", enabled=when.annotation),
    Action("select_all", "Select all labels",
           "Select every label in sight; Shift and a drag select some, Ctrl and a click one more.",
           ("Ctrl+A",), "mdi6.select-all", "Edit", starts_group=True),
    Action("align", "Align to the detections",
           "Give each selected label the place of its detection, where that shares half of its area with it.",
           ("Ctrl+D",), "mdi6.align-horizontal-left", "Edit", enabled=when.selected),
    Action("hide_labels", "Hide the selected labels", "Hide them; with none selected, show them again.",
           ("Shift+X",), "mdi6.eye-off-outline", "Edit"),
    Action("copy", "Copy", "Copy the selected labels as COCO records.",
           ("Ctrl+C",), "mdi6.content-copy", "Edit", enabled=when.selected),
    Action("paste", "Paste", "Add the copied labels where they were; on their own picture a little aside.",
           ("Ctrl+V",), "mdi6.content-paste", "Edit"),
    Action("nudge", "Nudge",
           "Move the selected handle, vertices or shape by 1 pixel; with Shift by 10, with Ctrl by a tenth.",
           ("Left", "Right", "Up", "Down", "Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down",
            "Ctrl+Left", "Ctrl+Right", "Ctrl+Up", "Ctrl+Down"),
           "mdi6.cursor-move", "", context="editing", keyed=True,
           shown_keys="arrows, Shift+arrows, Ctrl+arrows"),
    Action("type_box", "Type the box…", "Type the place and size of the label's box below the picture.",
           ("Shift+R",), "mdi6.form-textbox", "Edit", enabled=when.has_class),
    Action("next_issue", "Next issue", "Go to the next issue of the list and leave this one as it is.",
           ("N", "Down"), "mdi6.arrow-down", "Issue"),
    Action("previous_issue", "Previous issue", "Go back to the issue before.",
           ("P", "Up"), "mdi6.arrow-up", "Issue"),
    Action("accept", "Accept", "Apply the suggested fix, or keep the fix made by hand, and go on.",
           ("Return", "A"), "mdi6.check", "Issue", context="fix", enabled=when.acceptable, starts_group=True),
    Action("dismiss", "Not an error", "The label is right as it is: dismiss the issue and go on.",
           ("X",), "mdi6.close", "Issue", context="fix", enabled=when.verdict),
    Action("ambiguous", "Cannot tell", "Send the label to the expert and go on.",
           ("U",), "mdi6.help", "Issue", context="fix", enabled=when.verdict),
    Action("reopen", "Reopen", "Return the issue to Fix; the label stays as it is now.",
           ("Ctrl+R",), "mdi6.restore-alert", "Issue", enabled=when.reopenable),
    # Issue: the reviewer's verdicts
    Action("approve", "Approve", "The change is right: the label is done.",
           ("Return", "A"), "mdi6.check", "Issue", context="review", enabled=when.waiting, starts_group=True),
    Action("reject", "Reject…", "The change is wrong: choose a reason or say why; the expert decides.",
           ("X",), "mdi6.close", "Issue", context="review", enabled=when.waiting),
    Action("give_reason", "For this reason", "Reject for the reason on the list that has this key.",
           (), "mdi6.close", "", context="rejecting", enabled=when.waiting, keyed=True,
           shown_keys="X, then its key"),
    Action("own_words", "In your own words", "Write why it is rejected; Enter then rejects.",
           ("Return",), "mdi6.comment-text-outline", "", context="rejecting", enabled=when.waiting,
           shown_keys="X, then Enter"),
    # Issue: the expert's decisions
    Action("fix_stands", "Keep as it is now", "The label is right as it is now, changed or not: it is done.",
           ("Return", "A"), "mdi6.check", "Issue", context="expert", enabled=when.waiting, starts_group=True),
    Action("original_stands", "Original stands", "Put the label back as it was in the source: it is done.",
           ("X",), "mdi6.restore", "Issue", context="expert", enabled=when.waiting),
    Action("corrected", "Corrected", "Keep the label as you have just corrected it: it is done.",
           ("K",), "mdi6.pencil-box-outline", "Issue", context="expert", enabled=when.corrected),
    Action("take_suggestion", "Use the suggestion", "Do what the finder suggests: it is done.",
           ("U",), "mdi6.auto-fix", "Issue", context="expert", enabled=when.suggested),
    Action("send_back", "Send back…", "Give it back to the annotator with a comment.",
           ("S",), "mdi6.undo-variant", "Issue", context="expert", enabled=when.waiting),
    Action("take_version", "Take a version", "Take what one of several people made of this label.",
           tuple("123456789"), "mdi6.account-check-outline", "", context="versions", enabled=when.versions,
           keyed=True, shown_keys="1 – 9"),
    Action("comment", "Write a comment", "Say something that stays with the next verdict.",
           ("M",), "mdi6.comment-text-outline", "Issue", enabled=when.issue, starts_group=True),
    Action("add_to_instructions", "Add to the instructions",
           "Show this hard case beside every label of its class, with what was said of it as caption.",
           ("Shift+E",), "mdi6.book-plus-outline", "Issue", context="expert", enabled=when.taught),
    Action("use_as_reference", "Use as a reference",
           "Show this label beside every label of its class; the comment becomes its caption.",
           ("Shift+U",), "mdi6.image-check-outline", "Issue", enabled=when.taught, starts_group=True),
    Action("use_as_counter_example", "Use as a counter-example",
           "Show this label as one that must not be so; the comment becomes its caption.",
           ("Ctrl+U",), "mdi6.image-remove-outline", "Issue", enabled=when.taught),
    # Issue: judging blind
    Action("second_look", "Blind second look",
           "Judge labels that others have judged, without what the model and they said of them.",
           (), "mdi6.eye-outline", "Issue", enabled=when.idle_project, starts_group=True),
    Action("take_trial", "Take the trial",
           "Judge labels whose right answer is known; nothing is changed by it.",
           (), "mdi6.school-outline", "Issue", enabled=when.idle_project),
    Action("trial_results", "What the trial shows…", "See which instruction is misunderstood, and by whom.",
           (), "mdi6.clipboard-text-outline", "Issue", enabled=when.idle_project),
    Action("start_trial", "Start a trial…", "Choose labels by which the instructions are tried out.",
           (), "mdi6.clipboard-plus-outline", "Issue", enabled=when.idle_project, lead_only=True),
    Action("leave_sheet", "Stop judging blind", "Go back to the project; what was answered is kept.",
           (), "mdi6.stop-circle-outline", "Issue", enabled=when.sitting),
    # Draw
    Action("draw_box", "Draw a box", "Drag a new box over an object that has no label, or click two corners.",
           ("B",), "mdi6.vector-square", "Draw", tool="box"),
    Action("draw_polygon", "Draw a polygon", "Click along the outline; Enter or a double click closes it.",
           ("G",), "mdi6.vector-polygon", "Draw", tool="polygon"),
    Action("draw_wire", "Draw along edges", "Click along the edge of a thing; the outline follows it.",
           ("L",), "mdi6.vector-curve", "Draw", tool="wire"),
    Action("add_part", "Add a part", "Click around what belongs to the selected label too.",
           ("I",), "mdi6.vector-union", "Draw", tool="part", starts_group=True, submenu="Outline"),
    Action("cut_part", "Cut a piece out", "Click around what does not belong to the label: a hole or a bite.",
           ("Q",), "mdi6.vector-difference-ba", "Draw", tool="cut", submenu="Outline"),
    Action("join", "Join", "Propose one label for the selected ones, or one part for those that meet.",
           ("J",), "mdi6.vector-combine", "Draw", submenu="Outline"),
    Action("divide", "Split along a line",
           "Click a line that splits the selected polygon into labels; again: propose each part as one.",
           ("Shift+J",), "mdi6.vector-polyline", "Draw", tool="line", submenu="Outline"),
    Action("mend", "Mend the outline", "Propose the outline that crosses itself in sound parts.",
           ("R",), "mdi6.vector-polyline-edit", "Draw", starts_group=True, submenu="Outline"),
    Action("simplify", "Simplify the outline", "Propose the selected polygon with fewer vertices.",
           ("Shift+S",), "mdi6.vector-polyline-minus", "Draw", submenu="Outline"),
    Action("smooth", "Smooth the outline", "Propose the selected polygon with rounder corners.",
           ("Shift+M",), "mdi6.vector-curve", "Draw", submenu="Outline"),
    Action("fit_detection", "Snap to the detection",
           "Propose for the label what the detection has that fits it best; ] proposes the next one.",
           ("T",), "mdi6.magnet", "Draw", submenu="Fit"),
    Action("fit_side", "Snap one side",
           "Propose for the side nearest to the cursor where the detection has it.",
           ("Shift+T",), "mdi6.arrow-collapse-right", "Draw", submenu="Fit"),
    Action("fit_extent", "Take the tight extent",
           "Propose for the box the extent of the label's outline, or of the detection's mask.",
           ("Y",), "mdi6.fit-to-page-outline", "Draw", submenu="Fit"),
    Action("fit_edges", "Snap to edges", "Propose for the sides of the label the picture's edges near them.",
           ("O",), "mdi6.border-outside", "Draw", submenu="Fit"),
    Action("cut_out", "Outline what stands out", "Propose as outline what stands out in its box by colour.",
           ("Shift+Y",), "mdi6.content-cut", "Draw", submenu="Fit"),
    Action("take_side", "Take one side", "Propose the suggestion's side nearest to the cursor alone.",
           ("Shift+A",), "mdi6.arrow-expand-left", "Draw", submenu="Fit"),
    Action("brush", "Brush", "Paint over the selected mask, or over the picture for a new one.",
           ("W",), "mdi6.brush", "Draw", tool="brush", submenu="Mask"),
    Action("eraser", "Eraser", "Erase from the selected mask.",
           ("Shift+W",), "mdi6.eraser", "Draw", tool="eraser", submenu="Mask"),
    Action("larger", "Larger", "Make brush and eraser larger; without them, propose to grow the mask.",
           ("Ctrl+]",), "mdi6.arrow-expand", "Draw", submenu="Mask"),
    Action("smaller", "Smaller", "Make brush and eraser smaller; without them, propose to shrink the mask.",
           ("Ctrl+[",), "mdi6.arrow-collapse", "Draw", submenu="Mask"),
    Action("fill_holes", "Fill holes", "Propose the mask without its holes.",
           ("Shift+H",), "mdi6.circle-multiple-outline", "Draw", submenu="Mask"),
    Action("drop_specks", "Drop specks", "Propose the mask without its small pieces.",
           ("Shift+K",), "mdi6.broom", "Draw", submenu="Mask"),
    Action("convert", "Mask or polygon", "Propose a polygon for the mask, or a mask for the polygon.",
           ("Shift+P",), "mdi6.swap-horizontal", "Draw", submenu="Mask"),
    Action("split_or_join", "Split or join a crowd",
           "Propose a label for each piece of the mask, or one crowd for the selected labels.",
           ("Shift+G",), "mdi6.call-split", "Draw", submenu="Mask"),
    Action("gentler", "Gentler", "Make what is proposed gentler.",
           ("[",), "mdi6.minus", "Draw", starts_group=True),
    Action("stronger", "Stronger", "Make what is proposed stronger.",
           ("]",), "mdi6.plus", "Draw"),
    Action("cycle", "Next shape nearby", "Select the next shape near the suspect.",
           ("Tab",), "mdi6.selection-multiple", "Draw"),
    Action("escape", "Leave the gesture", "Stop what is being drawn or dragged; nothing changes.",
           ("Esc",), "mdi6.keyboard-esc", "Draw", enabled=when.always),
    # View
    Action("fit_suspect", "Fit the suspect", "Zoom to the suspect with some of its surroundings.",
           ("F",), "mdi6.target", "View"),
    Action("fit_image", "Fit the picture", "Show the whole picture.",
           ("0",), "mdi6.fit-to-screen-outline", "View"),
    Action("zoom_in", "Zoom in", "Come nearer.", ("+", "="), "mdi6.magnify-plus-outline", "View"),
    Action("zoom_out", "Zoom out", "Step back.", ("-",), "mdi6.magnify-minus-outline", "View"),
    Action("show_detections", "Detections", "Show or hide what the model saw.",
           ("D",), "mdi6.robot-outline", "View", flag="show_detections", starts_group=True),
    Action("show_others", "Other labels", "Show or hide the labels that are not in question.",
           ("H",), "mdi6.layers-outline", "View", flag="show_others"),
    Action("which_detections", "Which detections…", "Choose which detections are shown, by class and score.",
           ("Shift+D",), "mdi6.filter-variant", "View"),
    Action("show_ties", "Matched pairs", "Tie each label to the detection that matches it, by a thin line.",
           ("Shift+F",), "mdi6.vector-line", "View", flag="show_ties"),
    Action("show_names", "Names", "Show the names of all shapes and the scores of detections.",
           ("Shift+N",), "mdi6.tag-text-outline", "View", flag="show_names"),
    Action("keep_zoom", "Keep the zoom", "Arrive at an issue with the zoom last chosen for its kind.",
           ("Shift+L",), "mdi6.magnify-expand", "View", flag="keep_zoom"),
    Action("show_minimap", "Overview", "Show the whole picture small in a corner while it is zoomed.",
           (), "mdi6.map-outline", "View", flag="show_minimap"),
    Action("show_loupe", "Loupe", "Magnify the place at the cursor while a corner or vertex is dragged.",
           (), "mdi6.magnify", "View", flag="show_loupe"),
    Action("show_levels", "Brightness and levels…", "Bring out what is dark or faint; it is never written.",
           ("Shift+B",), "mdi6.brightness-6", "View"),
    Action("invert_picture", "Invert the picture", "Show dark as light and light as dark.",
           ("Shift+I",), "mdi6.invert-colors", "View"),
    Action("next_channel", "One colour only", "Show red alone, then green, then blue, then all again.",
           ("Shift+C",), "mdi6.palette-outline", "View"),
    Action("reset_levels", "Picture as it is", "Take back brightness, levels, inversion and single colours.",
           ("Shift+0", "Shift+)"), "mdi6.brightness-auto", "View", shown_keys="Shift+0"),
    Action("bare", "Bare picture", "Hide every shape while the key is held.",
           ("Space",), "mdi6.eye-outline", "", hold=True, shown_keys="Space (hold)"),
    Action("flip", "Before and after", "Show the label as it was before it was changed, else as suggested.",
           ("V",), "mdi6.compare", "", hold=True, shown_keys="V (hold)"),
    Action("show_classes", "Classes",
           "Go to the list of classes, where each can be hidden and locked; again: close it.",
           ("Ctrl+L",), "mdi6.format-list-bulleted-square", "View", starts_group=True),
    Action("show_dashboard", "Dashboard", "See how it goes; every number leads to its labels.",
           ("F2",), "mdi6.chart-box-outline", "View", enabled=when.open_eyed),
    Action("find_text", "Filter by text", "Show only what has this in its file name, class, kind or note.",
           ("/",), "mdi6.filter-outline", "View"),
    Action("clear_filter", "Clear the filter", "Show every issue of the queue.",
           (), "mdi6.filter-off-outline", "View"),
    Action("theme_system", "Theme of the system", "Light or dark as the system is.",
           (), "mdi6.theme-light-dark", "View", enabled=when.always, submenu="Theme", starts_group=True),
    Action("theme_light", "Light theme", "Always light.",
           (), "mdi6.weather-sunny", "View", enabled=when.always, submenu="Theme"),
    Action("theme_dark", "Dark theme", "Always dark.",
           (), "mdi6.weather-night", "View", enabled=when.always, submenu="Theme"),
    Action("reset_layout", "Reset layout", "Put the panels back where they were at the first start.",
           (), "mdi6.view-dashboard-outline", "View", enabled=when.always),
    # Help
    Action("show_keys", "Keys", "Show every key and what it does.",
           ("F1",), "mdi6.keyboard-outline", "Help", enabled=when.always),
    Action("show_log", "Open the log", "Show the file that holds what went wrong.",
           (), "mdi6.text-box-outline", "Help", enabled=when.always),
    Action("about", "About Labelmend", "Version, licence, and where the program keeps its files.",
           (), "mdi6.information-outline", "Help", enabled=when.always),
)  # fmt: skip


_LOOKING = {
    "new_project", "open_project", "open_sample", "close_project", "quit", "save", "switch_person",
    "instructions", "write_report", "trial_results", "leave_sheet", "select_all", "hide_labels", "copy",
    "next_issue", "previous_issue", "cycle", "escape", "bare", "flip",
}  # fmt: skip
"""What changes nothing in the project, beside what the menus View and Help hold."""


def is_enabled(action: Action, situation: Situation) -> bool:
    """Whether the action makes sense now, for who works."""
    return action.enabled(situation) and not barred(action, situation)


def barred(action: Action, situation: Situation) -> str:
    """Why the action is not for who works, or not for this project, in a sentence; "" when it is."""
    if situation.read_only and action.menu not in ("View", "Help") and action.name not in _LOOKING:
        return READ_ONLY
    if situation.lead and not situation.sitting and action.menu in ("Edit", "Draw", ""):
        return "" if action.name in _LOOKING | {"undo", "redo"} else LOOKS_ON
    return LEAD_ONLY if action.lead_only and not situation.lead else ""


def why_not(action: Action, situation: Situation) -> str:
    """Why an action makes no sense now, in a sentence."""
    asked = action.enabled
    if why := barred(action, situation):
        return why
    if not situation.project and asked is not when.idle:
        return "No project is open."
    if situation.sitting and asked in when.OPEN_EYED:
        return "Somebody judges blind now: stop that first."
    if asked in when.JUDGING and not situation.issue:
        return when.no_issue(situation)
    if asked in when.JUDGING and not situation.own_queue:
        return OTHERS_QUEUE
    if asked in when.WAITING and not situation.waits:
        return when.WAITS_FOR_OTHERS if situation.waits_for_others else when.WAITS_NO_MORE
    if asked is when.taught and not situation.teaches:
        return TEACHERS_ONLY
    return when.lacking(asked, situation)


_PATH = re.compile("|".join(f"{row.menu} [>›] {row.text.rstrip('…')}" for row in ACTIONS if row.menu))


def unbroken(text: str) -> str:
    """The text, in which no line ends within the way to an entry of a menu."""
    return _PATH.sub(lambda found: found[0].replace(">", "›").replace(" ", "\N{NO-BREAK SPACE}"), text)


BY_NAME = {action.name: action for action in ACTIONS}


def action_for(key: str, situation: Situation) -> tuple[Action, int] | None:
    """The action that ``key`` (Qt's portable name) means now, and the key's place in the action's row.

    While a reason is asked for, a letter that is none of a view's begins one's own words.
    """
    found = _bound(key, situation)
    if situation.rejecting and key.removeprefix("Shift+").isalpha() and len(key.removeprefix("Shift+")) == 1:
        seeing = found is not None and (found[0].menu == "View" or found[0].hold)
        if not seeing and (found is None or found[0].name != "give_reason"):
            return BY_NAME["own_words"], 0
    return found


def _bound(key: str, situation: Situation) -> tuple[Action, int] | None:
    for context in contexts(situation):
        if context == "rejecting" and key in situation.reasons:
            return BY_NAME["give_reason"], situation.reasons.index(key)
        for action in ACTIONS:
            if action.context == context and key in action.keys:
                return action, action.keys.index(key)
    return None


def keys_shown(action: Action) -> str:
    """The action's keys as a person reads them: ``Enter or A``."""
    if action.shown_keys:
        return action.shown_keys
    names = {"Return": "Enter", "Esc": "Esc"}
    return " or ".join(names.get(key, key) for key in action.keys)


def by_menu(menu: str) -> Iterator[Action]:
    """The actions of one menu, in the order of the table."""
    return (action for action in ACTIONS if action.menu == menu)
