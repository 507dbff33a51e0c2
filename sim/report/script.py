"""The page's script: copying, sorting and hiding rows, remembered in the address. The page is complete without it.

Part of the report; answers what a reader can take away by a button. Makes no request of any kind.
"""

SCRIPT = r"""
(function(){
'use strict';
var status=document.getElementById('status'),timer;
function say(text){status.textContent=text;status.className='on';clearTimeout(timer);
timer=setTimeout(function(){status.className='';},2500);}
function copy(text,what){
function old(){var area=document.createElement('textarea');area.value=text;document.body.appendChild(area);area.select();
var ok=false;try{ok=document.execCommand('copy');}catch(e){ok=false;}area.remove();
say(ok?what+' copied':'Copying is not allowed here');}
if(navigator.clipboard&&window.isSecureContext){navigator.clipboard.writeText(text).then(function(){say(what+' copied');},old);}
else{old();}}
function shownSvg(figure){var all=figure.querySelectorAll('.wide svg,.narrow svg');
for(var i=0;i<all.length;i++){if(all[i].getBoundingClientRect().width>0){return all[i];}}return all[0];}
function savePicture(figure){var svg=shownSvg(figure).cloneNode(true),box=svg.getAttribute('viewBox').split(' ');
svg.setAttribute('width',box[2]);svg.setAttribute('height',box[3]);
var text='<?xml version="1.0" encoding="UTF-8"?>\n'+new XMLSerializer().serializeToString(svg);
var link=document.createElement('a'),address=URL.createObjectURL(new Blob([text],{type:'image/svg+xml'}));
link.href=address;link.download='mandate-'+figure.id+'.svg';
document.body.appendChild(link);link.click();link.remove();setTimeout(function(){URL.revokeObjectURL(address);},4000);
say('Picture saved');}
var command=document.body.getAttribute('data-command')||'';
document.querySelectorAll('[data-copy]').forEach(function(button){
button.hidden=false;
button.addEventListener('click',function(){
var figure=button.closest('figure'),kind=button.getAttribute('data-copy');
if(kind==='picture'){savePicture(figure);}
else if(kind==='command'){copy(command,'Command');}
else{copy(figure.querySelector('.finding').textContent+'. '+figure.querySelector('.measure').textContent+'. '
+figure.querySelector('.source').textContent,'Sentence');}});});
var table=document.getElementById('t1');
if(!table){return;}
var body=table.tBodies[0],heads=table.tHead.rows[0].cells;
var rows=Array.prototype.slice.call(body.querySelectorAll('tr[data-option]'));
var state={sort:'',hide:[]};
function value(row,i){var v=row.cells[i].getAttribute('data-sort');return v===null?Infinity:parseFloat(v);}
function apply(){
var order=rows.slice(),i=parseInt(state.sort,10),down=/d$/.test(state.sort);
if(i>0){order.sort(function(a,b){var x=value(a,i),y=value(b,i);return x===y?rows.indexOf(a)-rows.indexOf(b):(down?y-x:x-y);});}
order.forEach(function(row){body.appendChild(row);row.hidden=state.hide.indexOf(row.getAttribute('data-option'))>=0;});
for(var k=1;k<heads.length;k++){if(k===i){heads[k].setAttribute('aria-sort',down?'descending':'ascending');}
else{heads[k].removeAttribute('aria-sort');}}
boxes.forEach(function(box){box.checked=state.hide.indexOf(box.value)<0;});}
function remember(){var parts=['headline'];if(state.sort){parts.push('sort='+state.sort);}
if(state.hide.length){parts.push('hide='+state.hide.map(encodeURIComponent).join(','));}
history.replaceState(null,'','#'+parts.join(';'));}
function restore(){var parts=location.hash.slice(1).split(';');if(parts[0]!=='headline'){return;}
state={sort:'',hide:[]};
parts.slice(1).forEach(function(part){var at=part.indexOf('='),name=part.slice(0,at),text=part.slice(at+1);
if(name==='sort'&&/^\d+[ad]$/.test(text)){state.sort=text;}
if(name==='hide'){state.hide=text.split(',').map(decodeURIComponent);}});
apply();if(parts.length>1){document.getElementById('headline').scrollIntoView();}}
var tools=document.getElementById('t1-tools'),boxes=[];
tools.hidden=false;tools.appendChild(document.createTextNode('Show: '));
rows.forEach(function(row){var label=document.createElement('label'),box=document.createElement('input');
box.type='checkbox';box.checked=true;box.value=row.getAttribute('data-option');boxes.push(box);label.appendChild(box);
label.appendChild(document.createTextNode(' '+row.cells[0].textContent));tools.appendChild(label);
box.addEventListener('change',function(){
state.hide=boxes.filter(function(b){return !b.checked;}).map(function(b){return b.value;});
apply();remember();});});
Array.prototype.forEach.call(heads,function(head,i){
if(i===0||!rows.some(function(row){return row.cells[i].hasAttribute('data-sort');})){return;}
var button=document.createElement('button');button.type='button';button.textContent=head.textContent;
button.title='Sort by this column; third click restores the order as asked for';
head.textContent='';head.appendChild(button);
button.addEventListener('click',function(){state.sort=state.sort===i+'a'?i+'d':state.sort===i+'d'?'':i+'a';apply();remember();});});
window.addEventListener('hashchange',restore);restore();
})();
"""
