"""How the report looks: in light and dark, on a narrow screen, and printed."""

from typing import Final

_LIGHT: Final = """--surface:#fff;--raised:#f5f6f8;--line:#d3d7de;--text:#1a1e26;
--quiet:#565f6d;--accent:#1d5bd1;--soft:#b9cdf2;--ok:#17693a;--warn:#805300;--danger:#b3261e;--grey:#8c95a3;"""
_DARK: Final = """--surface:#1b1d22;--raised:#25282f;--line:#3a3f49;--text:#e8eaee;
--quiet:#a3abb8;--accent:#78adff;--soft:#3c5684;--ok:#72cf97;--warn:#efbf55;--danger:#ff8d85;--grey:#7d8694;"""

STYLE: Final = f"""
:root{{color-scheme:light dark;{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
*{{box-sizing:border-box}}
body{{font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;color:var(--text);
background:var(--surface);max-width:64rem;margin:0 auto;padding:2.5rem 1.5rem 5rem}}
h1{{font-size:1.9rem;line-height:1.2;margin:0;overflow-wrap:anywhere}}
h2{{font-size:1.3rem;margin:3.2rem 0 .6rem;padding-top:1.1rem;border-top:2px solid var(--text)}}
h3{{font-size:1.02rem;margin:1.8rem 0 .4rem}}
p{{max-width:46rem;margin:.5rem 0}} li{{max-width:46rem;margin:.2rem 0}} ul{{padding-left:1.3rem}}
a{{color:var(--accent)}} .quiet,figcaption,caption{{color:var(--quiet)}}
nav{{margin:1.6rem 0 0}} nav a{{display:inline-block;margin:0 1.1rem .3rem 0}}
.tiles{{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.4rem,1fr));gap:.8rem;margin:1.6rem 0 0}}
.tiles div{{background:var(--raised);border-radius:8px;padding:.8rem 1rem}}
.tiles dt{{color:var(--quiet);font-size:.82rem}} .tiles dd{{margin:0;font-size:.82rem;color:var(--quiet)}}
.tiles dd:first-of-type{{font-size:1.55rem;line-height:1.3;font-weight:600;color:var(--text)}}
dl.tiles{{padding:0}}
.wide{{overflow-x:auto;margin:.7rem 0 1.3rem}}
table{{border-collapse:collapse;font-size:.87rem;font-variant-numeric:tabular-nums}}
caption{{text-align:left;padding-bottom:.3rem}}
th,td{{padding:.3rem 1.1rem .3rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}}
thead th{{font-weight:600;color:var(--quiet);vertical-align:bottom;border-bottom-color:var(--quiet)}}
.n{{text-align:right;white-space:nowrap}} td{{overflow-wrap:break-word}} td.n{{overflow-wrap:normal}}
tr.all td{{font-weight:600}}
code{{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}}
.state{{display:inline-block;border:1px solid currentColor;border-radius:99px;padding:0 .6em;
font-size:.8rem;line-height:1.45;white-space:nowrap;color:var(--quiet)}}
.state.ok{{color:var(--ok)}} .state.warn{{color:var(--warn)}} .state.danger{{color:var(--danger)}}
.warning{{border-left:4px solid var(--warn);padding-left:.8rem}}
.alarm{{border-left:4px solid var(--danger);padding-left:.8rem;font-weight:600}}
h5{{font-size:1em;margin:1rem 0 .3rem}} ol{{padding-left:1.6rem}}
blockquote{{margin:.5rem 0;padding-left:.8rem;border-left:3px solid var(--line)}}
pre{{font:.85em ui-monospace,Menlo,Consolas,monospace;overflow-x:auto;max-width:46rem}}
.plots{{display:flex;flex-wrap:wrap;gap:1.2rem 1.6rem;margin:1rem 0}} figure{{margin:0}}
figure.plot{{max-width:100%;overflow-x:auto}} figcaption{{font-size:.82rem}}
svg{{display:block;max-width:100%;height:auto}} svg text{{fill:var(--text);font:11px system-ui,sans-serif}}
svg text.quiet{{fill:var(--quiet)}} svg text.head{{font-weight:600;font-size:12px}}
svg .axis{{stroke:var(--line);fill:none}} svg .guide{{stroke:var(--grey);fill:none;stroke-dasharray:3 3}}
svg .bar{{fill:var(--accent)}} svg .bar.soft{{fill:var(--soft)}} svg .bar.grey{{fill:var(--grey)}}
svg .line{{stroke:var(--accent);fill:none;stroke-width:1.8}} svg .dot{{fill:var(--accent)}}
svg .whisker{{stroke:var(--accent);stroke-width:1.6}} svg .second{{stroke:var(--quiet);stroke-dasharray:5 3}}
svg .third{{stroke:var(--warn);stroke-dasharray:1.5 3}}
.fixes{{display:grid;grid-template-columns:repeat(auto-fill,minmax(26rem,1fr));gap:1.2rem;margin:1rem 0}}
.fix{{border:1px solid var(--line);border-radius:8px;padding:.8rem;break-inside:avoid}}
.fix .pair{{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}}
.fix img{{width:100%;height:auto;display:block;border-radius:4px}}
.fix p{{margin:.35rem 0 0;font-size:.87rem;overflow-wrap:anywhere}}
.fix .what{{font-size:.95rem;font-weight:600}} .fix .gone{{color:var(--warn)}}
.references{{display:flex;flex-wrap:wrap;gap:1rem;margin:.8rem 0}} .references figure{{max-width:200px}}
.references img{{border-radius:4px;display:block}}
@media (max-width:30rem){{.fixes{{grid-template-columns:1fr}}}}
@media print{{
:root{{color-scheme:light;{_LIGHT}}} @page{{margin:16mm 14mm}}
body{{font-size:10.5pt;max-width:none;padding:0;print-color-adjust:exact;-webkit-print-color-adjust:exact}}
nav{{display:none}} h2{{margin-top:1.6rem;break-after:avoid}} h3{{break-after:avoid}}
tr,figure,.tiles div{{break-inside:avoid}} thead{{display:table-header-group}} .wide{{overflow:visible}}
table{{font-size:8.5pt}} td{{overflow-wrap:anywhere}} th,td{{padding-right:.6rem}}
.fixes{{grid-template-columns:1fr 1fr 1fr;gap:.6rem}}
.fix{{padding:.5rem}} .fix p{{font-size:7.5pt}} .fix .what{{font-size:8.5pt}} .state{{font-size:7pt}}
tr.all{{break-before:avoid}} .small{{gap:.5rem}} .small figure{{width:32%}}
a{{color:inherit;text-decoration:none}}
}}
"""
