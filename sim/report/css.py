"""The style sheet of the report: one column, system fonts, dark text, room at 360 pixels, whole on paper.

Part of the report; answers how the page looks on screen and in print. Leaves out the pictures, which carry their own style.
"""

CSS = """
:root{--ink:#1a1a1a;--quiet:#4d4d4d;--rule:#d0d0d0;--link:#005a8c;--pale:#f4f4f2;color-scheme:light}
*{box-sizing:border-box}
html{scroll-behavior:auto;-webkit-text-size-adjust:100%}
body{margin:0;background:#fff;color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",
"DejaVu Sans",Arial,sans-serif;overflow-wrap:break-word}
figure,.empty,pre,nav,.plain,details,#banner p{max-width:62rem}
.page{max-width:76rem;margin:0 auto;padding:0 1.25rem 4rem}
a{color:var(--link)}
a:focus-visible,button:focus-visible,summary:focus-visible,.scroll:focus-visible,input:focus-visible{outline:3px solid #005a8c;
outline-offset:2px}
.skip{position:absolute;left:-99rem;top:0;background:#fff;padding:.5rem 1rem;z-index:2}
.skip:focus{left:.5rem}
#banner{border-bottom:1px solid var(--rule);padding:.6rem 0 .5rem;font-size:.86rem}
#banner p{margin:.2rem 0}
.purpose{font-weight:600}
.strip{background:#fff3d6;border-left:6px solid #a65f00;padding:.35rem .7rem}
.warn{background:#fde8df;border-left-color:#b34e00}
.facts{color:var(--quiet)}
h1{font-size:1.75rem;line-height:1.22;margin:1.1rem 0 .6rem;max-width:54rem}
h2{font-size:1.3rem;line-height:1.3;margin:0 0 .1rem}
h3{font-size:1.05rem;margin:1.6rem 0 .3rem}
section{margin:2.6rem 0 0;padding-top:1.1rem;border-top:1px solid var(--rule)}
#answer{border:0;margin-top:0;padding-top:0}
.anchor{font-weight:400;text-decoration:none;color:#767676;font-size:.9em}
.question{margin:0 0 .9rem;color:var(--quiet)}
p,ul{max-width:50rem}
.answer p{margin:.45rem 0;font-size:1.08rem}
.answer .lead{font-size:1.22rem;line-height:1.42;font-weight:600}
.trust{color:var(--quiet);border-left:3px solid var(--rule);padding-left:.7rem;margin:.8rem 0}
.caveats h2{font-size:1.05rem;margin-top:1rem}
.caveats ul{margin:.2rem 0;padding-left:1.2rem}
.said li{margin:.35rem 0}
nav ol{columns:3 14rem;margin:.4rem 0;padding-left:1.6rem;font-size:.92rem}
nav summary{font-weight:600}
figure{margin:1.2rem 0 2.2rem}
figcaption p,.note,.source{max-width:none;margin:.15rem 0}
.finding{font-weight:700;font-size:1.1rem;line-height:1.3}
.measure{font-size:.9rem;color:var(--quiet)}
.note,.source{font-size:.84rem;color:var(--quiet)}
figure svg{display:block;width:100%;height:auto;margin:.6rem 0}
.narrow{display:none}
.tools{display:flex;flex-wrap:wrap;gap:.4rem .5rem;margin:.5rem 0;max-width:none;align-items:center;font-size:.86rem}
.button,.tools button{font:inherit;color:var(--link);background:#fff;border:1px solid #767676;border-radius:4px;
padding:.2rem .6rem;min-height:1.9rem;text-decoration:none;cursor:pointer;line-height:1.4}
.button:hover,.tools button:hover{background:#eef5fa}
[hidden]{display:none!important}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.86rem;margin:.5rem 0;font-variant-numeric:tabular-nums}
caption{text-align:left;position:sticky;left:0;max-width:calc(100vw - 2.5rem);color:var(--quiet);
padding-bottom:.35rem;font-size:.86rem}
th,td{padding:.32rem .55rem;border-bottom:1px solid #e2e2e2;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid #8c8c8c;vertical-align:bottom;line-height:1.25}
td.n{text-align:right}td.d{white-space:nowrap}
tbody th{font-weight:600}
table.plain,table.headline{width:100%}
table.data{font-size:.78rem}
table.data td,table.data th{padding:.16rem .45rem}
.headline{font-size:.82rem}
.headline th,.headline td{padding:.35rem .32rem}
.headline thead th{font-size:.76rem}
.headline .main{font-weight:600;white-space:nowrap}
.headline td:last-child .main,.headline td:nth-child(4) .main{white-space:normal}
.headline td:last-child .main{font-weight:400}
.headline td:nth-child(4){min-width:6.4rem}
.headline td:nth-child(2),.headline td:last-child{min-width:7.6rem}
.headline .small{display:block;color:var(--quiet);font-size:.92em;line-height:1.3}
.headline tbody th{min-width:6.6rem}
.headline .base{background:var(--pale)}
.mark{vertical-align:-3px;margin-right:.35rem}
thead button{font:inherit;font-weight:inherit;color:inherit;background:none;border:0;padding:0;text-align:left;
cursor:pointer;text-decoration:underline dotted}
details{margin:.6rem 0}
summary{cursor:pointer;color:var(--link);min-height:1.5rem}
.empty{background:var(--pale);border:1px dashed #8c8c8c;padding:.6rem .8rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em;overflow-wrap:anywhere}
pre{background:var(--pale);padding:.7rem .8rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0}
#status{position:fixed;right:1rem;bottom:1rem;background:#1a1a1a;color:#fff;padding:.4rem .8rem;border-radius:4px;opacity:0}
#status.on{opacity:1}
@media screen and (max-width:700px){
.wide{display:none}.narrow{display:block;max-width:30rem}
.page{padding:0 .9rem 3rem}
h1{font-size:1.4rem}.answer .lead{font-size:1.1rem}.answer p{font-size:1rem}
table.headline,.headline tbody,.headline tr,.headline th,.headline td{display:block;width:auto}
.headline thead{position:absolute;left:-99rem}
.headline caption{display:block}
.headline tr{border:1px solid #8c8c8c;border-radius:4px;margin:.6rem 0;padding:.3rem .2rem}
.headline th,.headline td{border:0;padding:.15rem .5rem}
.headline tbody th{font-size:1rem}
.headline td::before{content:attr(data-label) ": ";color:var(--quiet)}
.headline .small{display:inline}.headline .small+.small::before{content:"· "}.headline .main{white-space:normal}
}
@media (forced-colors:active){.strip,.empty{border:2px solid}}
@media (prefers-reduced-motion:reduce){*{transition:none!important;animation:none!important}}
@page{margin:14mm 13mm}
@media print{
body{font-size:9.6pt;line-height:1.36}
.page{max-width:none;padding:0}
.skip,.tools,.anchor,#status{display:none!important}
nav{display:none}
details::details-content{display:block;content-visibility:visible;height:auto}
details>summary{list-style:none;color:var(--quiet)}
section{margin-top:1.2rem;padding-top:.6rem}
h1{font-size:15pt;margin:.5rem 0 .3rem}
.answer .lead{font-size:11pt}.answer p{font-size:10pt;margin:.25rem 0}
thead button{text-decoration:none}
#banner{padding:.2rem 0;font-size:8pt}.trust{margin:.4rem 0;font-size:8.6pt}
.caveats{font-size:8.8pt}.caveats h2{margin-top:.5rem}
h2{font-size:12.5pt}h3{font-size:10.5pt}
h1,h2,h3,caption,figcaption,.question,.finding,.measure{break-after:avoid}
figcaption,li,.note,.wide{break-inside:avoid}
figure>.wide{break-before:avoid}
figure svg,tr,.strip,.empty,pre{break-inside:avoid}
.scroll{overflow:visible}
caption,.note,.source,.measure,.question{font-size:7.8pt}.finding{font-size:10pt}
table{font-size:7.6pt}table.data{font-size:6.2pt}table.data td,table.data th{padding:.05rem .2rem}
.headline{font-size:6.9pt}.headline thead th{font-size:6.6pt}.headline th,.headline td{padding:.14rem .2rem}
.headline .main{white-space:normal}
thead{display:table-header-group}
a{color:inherit;text-decoration:none}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""
